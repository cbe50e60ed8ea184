/* SPDX-License-Identifier: 0BSD */
#define _GNU_SOURCE
#include "symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <elfutils/libdwfl.h>

struct symbol {
	uint64_t address;
	char name[56];
};

static struct symbol *kernel;
static size_t kernel_count;
static Dwfl *process; /* the last that was asked about */
static pid_t process_pid;

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return (x->address > y->address) - (x->address < y->address);
}

static void read_kernel(void)
{
	FILE *f = fopen("/proc/kallsyms", "r");
	struct symbol symbol;
	size_t room = 0;
	char type;

	while (f &&
	       fscanf(f, "%" SCNx64 " %c %55s%*[^\n]", &symbol.address, &type, symbol.name) == 3) {
		if (kernel_count == room) {
			room = room ? 2 * room : 65536;
			kernel = realloc(kernel, room * sizeof(*kernel));
			if (!kernel)
				abort();
		}
		if (symbol.address && strchr("tTwW", type)) /* 0: it may not be known */
			kernel[kernel_count++] = symbol;
	}
	if (f)
		fclose(f);
	qsort(kernel, kernel_count, sizeof(*kernel), by_address);
}

/* The last symbol that begins at the address or before. */
static const char *name_in_kernel(uint64_t address)
{
	size_t low = 0, high;

	if (!kernel)
		read_kernel();
	for (high = kernel_count; low < high;) {
		size_t middle = (low + high) / 2;

		if (kernel[middle].address <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? kernel[low - 1].name : NULL;
}

static void look_at(pid_t pid)
{
	static const Dwfl_Callbacks callbacks = {
		.find_elf = dwfl_linux_proc_find_elf,
		.find_debuginfo = dwfl_standard_find_debuginfo,
	};

	if (process)
		dwfl_end(process);
	process = dwfl_begin(&callbacks);
	process_pid = pid;
	if (process &&
	    (dwfl_linux_proc_report(process, pid) || dwfl_report_end(process, NULL, NULL))) {
		dwfl_end(process);
		process = NULL; /* it has ended */
	}
}

static const char *name_in_process(uint64_t address, pid_t pid)
{
	Dwfl_Module *module;

	if (pid != process_pid)
		look_at(pid);
	module = process ? dwfl_addrmodule(process, address) : NULL;
	return module ? dwfl_module_addrname(module, address) : NULL;
}

void symbols_print(FILE *out, const uint64_t *stack, unsigned int depth, pid_t pid)
{
	while (depth--) {
		/* The upper half of all addresses is the kernel's. */
		const char *name = stack[depth] >> 63 ? name_in_kernel(stack[depth])
						      : name_in_process(stack[depth], pid);

		if (name)
			fprintf(out, ";%s", name);
		else
			fprintf(out, ";%#" PRIx64, stack[depth]);
	}
}

void symbols_free(void)
{
	if (process)
		dwfl_end(process);
	free(kernel);
	process = NULL;
	kernel = NULL;
	kernel_count = 0;
	process_pid = 0;
}
