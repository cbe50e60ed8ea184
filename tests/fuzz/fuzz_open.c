/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Damages BPF objects in a hundred thousand ways, and hands each to skep_elf_check() and, when it
 * passes, to libbpf: open, a walk over maps and programs, load against a kernel that says yes to
 * everything, close. A crash, a hang or an error of a sanitizer is counted, and its input kept.
 *
 *	fuzz_open [-n CASES] [-s SEED] [-j JOBS] [-k DIRECTORY] [-c CASE] [-l [-b BTF]] [-x] OBJECT...
 *
 * -k keeps inputs there (default "."), -c repeats one case, -l loads as well (CO-RE against -b, a
 * file with BTF, instead of the kernel's), -x leaves the check out, to see what it is good for. A case is a function of seed, number and objects alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <skep/error.h>

#include "object/elf_check.h"
#include "object/struct_ops.h"
#include "mutate.h"

#define CASE_SECONDS 10        /* more is a hang; valgrind and sanitizers are slow */
#define ROOM         (4 << 20) /* largest object */
#define MEMORY_MAX   (3UL << 30)

enum outcome {
	REFUSED,
	OPEN_FAILED,
	OPENED,
	CRASHED,
	HUNG,
	OUTCOMES
};

static const char *const outcome_names[] = { "refused by the check", "refused by libbpf", "opened",
					     "CRASHED", "HUNG" };

/* What a worker leaves behind when it dies. */
struct shared {
	uint64_t next; /* case to run */
	uint64_t counts[OUTCOMES];
	size_t size;
	bool running;
	unsigned char input[ROOM];
};

static struct {
	uint64_t cases, seed, only;
	int jobs;
	const char *keep, *btf;
	bool load, unchecked, one;
} options = { .cases = 20000, .seed = 1, .jobs = 2, .keep = "." };

static struct mutate_object *objects;
static size_t object_count;

/*
 * In place of libc's, for libbpf: a kernel that accepts each map, program and BTF, so that load
 * gets as far as it can. Other calls are not made here.
 */
long syscall(long number, ...)
{
	va_list args;
	long command;

	va_start(args, number);
	command = va_arg(args, long);
	va_end(args);
	if (number != __NR_bpf) {
		errno = ENOSYS;
		return -1;
	}
	switch (command) {
	case BPF_MAP_CREATE:
	case BPF_PROG_LOAD:
	case BPF_BTF_LOAD:
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_FREEZE:
		return 0;
	default:
		errno = EINVAL;
		return -1;
	}
}

static volatile size_t sink; /* keeps the compiler from leaving reads out */

/* Reads what a user of the object would. */
static void walk(struct bpf_object *object)
{
	struct bpf_program *program;
	struct bpf_map *map;
	size_t sum = 0;

	bpf_object__for_each_program(program, object) {
		sum += strlen(bpf_program__name(program));
		sum += strlen(bpf_program__section_name(program));
		sum += bpf_program__insn_cnt(program);
		sum += bpf_program__insns(program)[0].code;
	}
	bpf_object__for_each_map(map, object) {
		size_t size = 0;
		const unsigned char *value = bpf_map__initial_value(map, &size);

		sum += strlen(bpf_map__name(map)) + bpf_map__value_size(map);
		if (value && size)
			sum += value[0] + value[size - 1];
	}
	sink = sum;
}

/* Optional programs are switched on: libbpf needs one for struct_ops, or crashes. */
static void load(struct bpf_object *object)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
		(void)bpf_program__set_autoload(program, true);
	if (!bpf_object__load(object))
		walk(object);
}

static enum outcome open_and_walk(const unsigned char *data, size_t size)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = options.btf);
	struct bpf_object *object = bpf_object__open_mem(data, size, &opts);

	if (!object)
		return OPEN_FAILED;
	walk(object);
	if (options.load)
		load(object);
	bpf_object__close(object);
	return OPENED;
}

/* As skep_object_open() does it: libbpf may get another image than the one that was damaged. */
static enum outcome adapt_and_open(const unsigned char *data, size_t size)
{
	struct skep_struct_ops_image adapted = { NULL, false, false };
	enum outcome outcome;

	if (!options.unchecked && skep_struct_ops_adapt(data, size, "fuzzed.bpf.o", &adapted))
		return REFUSED;
	outcome = open_and_walk(adapted.data ? adapted.data : data, size);
	free(adapted.data);
	return outcome;
}

/* Copies of the very size, so that sanitizers see each byte too far; the first is unaligned. */
static enum outcome run(const unsigned char *data, size_t size)
{
	unsigned char *odd = malloc(size + 1);
	unsigned char *even = malloc(size);
	enum outcome outcome = REFUSED;

	if (odd && even) {
		memcpy(odd + 1, data, size);
		memcpy(even, data, size);
		if (options.unchecked || !skep_elf_check(odd + 1, size, "fuzzed.bpf.o"))
			outcome = adapt_and_open(even, size);
	}
	free(odd);
	free(even);
	return outcome;
}

static void limit(void)
{
#if !defined(__SANITIZE_ADDRESS__)
	struct rlimit memory = { MEMORY_MAX, MEMORY_MAX };

	(void)setrlimit(RLIMIT_AS, &memory);
#endif
	struct rlimit core = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &core);
	libbpf_set_print(NULL);
}

/* Cases `next`, next + jobs, ... until it is done, or dead. */
static void work(struct shared *s)
{
	limit();
	while (s->next < options.cases) {
		enum outcome outcome;

		s->size = mutate(objects, object_count, options.seed, s->next, s->input, ROOM);
		s->running = true;
		alarm(CASE_SECONDS);
		outcome = run(s->input, s->size);
		s->running = false;
		s->counts[outcome]++;
		s->next += (uint64_t)options.jobs;
	}
	_exit(0);
}

static void keep(const struct shared *s, const char *why)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s-%llu-%llu.o", options.keep, why,
		 (unsigned long long)options.seed, (unsigned long long)s->next);
	fprintf(stderr, "case %llu %s: kept as %s\n", (unsigned long long)s->next, why, path);
	file = fopen(path, "wb");
	if (!file)
		return;
	fwrite(s->input, 1, s->size, file);
	fclose(file);
}

/* Runs one worker after another until all its cases are done. */
static void supervise(struct shared *s)
{
	while (s->next < options.cases) {
		int status;
		pid_t child = fork();

		if (child == 0)
			work(s);
		if (child < 0 || waitpid(child, &status, 0) < 0)
			_exit(2);
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			continue;
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
			s->counts[HUNG]++;
			keep(s, "hang");
		} else {
			s->counts[CRASHED]++;
			keep(s, "crash");
		}
		s->next += (uint64_t)options.jobs;
	}
	_exit(0);
}

static int parse(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:s:j:k:c:b:lx")) != -1) {
		switch (option) {
		case 'n':
			options.cases = strtoull(optarg, NULL, 0);
			break;
		case 's':
			options.seed = strtoull(optarg, NULL, 0);
			break;
		case 'j':
			options.jobs = atoi(optarg);
			break;
		case 'k':
			options.keep = optarg;
			break;
		case 'c':
			options.only = strtoull(optarg, NULL, 0);
			options.one = true;
			break;
		case 'b':
			options.btf = optarg;
			break;
		case 'l':
			options.load = true;
			break;
		case 'x':
			options.unchecked = true;
			break;
		default:
			return -1;
		}
	}
	return optind < argc && options.jobs > 0 ? 0 : -1;
}

static int repeat_one(void)
{
	unsigned char *input = malloc(ROOM);
	size_t size = mutate(objects, object_count, options.seed, options.only, input, ROOM);
	enum outcome outcome;

	limit();
	libbpf_set_print(NULL);
	outcome = run(input, size);
	printf("case %llu: %s%s%s\n", (unsigned long long)options.only, outcome_names[outcome],
	       outcome == REFUSED ? ": " : "",
	       outcome == REFUSED ? skep_error_last()->message : "");
	free(input);
	return 0;
}

static struct shared *start(uint64_t job)
{
	struct shared *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		exit(2);
	s->next = job;
	if (fork() == 0)
		supervise(s);
	return s;
}

int main(int argc, char **argv)
{
	uint64_t totals[OUTCOMES] = { 0 };
	struct shared **shares;

	if (parse(argc, argv)) {
		fprintf(stderr,
			"usage: %s [-n CASES] [-s SEED] [-j JOBS] [-k DIR] [-c CASE] "
			"[-l [-b BTF]] [-x] OBJECT...\n",
			argv[0]);
		return 2;
	}
	object_count = (size_t)(argc - optind);
	objects = mutate_read(argv + optind, object_count, ROOM);
	if (!objects)
		return 2;
	if (options.one)
		return repeat_one();

	shares = calloc((size_t)options.jobs, sizeof(struct shared *));
	for (int i = 0; i < options.jobs; i++)
		shares[i] = start((uint64_t)i);
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < options.jobs; i++) {
		for (int o = 0; o < OUTCOMES; o++)
			totals[o] += shares[i]->counts[o];
	}
	for (int o = 0; o < OUTCOMES; o++)
		printf("%10llu %s\n", (unsigned long long)totals[o], outcome_names[o]);
	free(shares);
	mutate_free(objects, object_count);
	return totals[CRASHED] || totals[HUNG];
}
