// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What goes wrong with uprobes, and that the message names it. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <elf.h>

#include "app.h"
#include "attach_user.skep.h"

#define LIBRARY      "libstand.so.1"
#define SYMBOL(name) SKEP_OPTS(skep_uprobe_opts, .symbol = (name))

static struct attach_user *app;

static const struct skep_program *program(void)
{
	require_root();
	if (!app) {
		assert_ok(attach_user_open(&app, NULL));
		assert_ok(attach_user_load(app));
	}
	return attach_user_program_on_call(app);
}

/* The refused call leaves neither link nor descriptor. */
static void refused(const char *binary, const struct skep_uprobe_opts *opts, int code,
		    const char *says, const char *hints)
{
	struct skep_link *link = NULL;
	const struct skep_program *prog = program();
	int fds = app_open_fds();

	assert_error(skep_attach_uprobe(&link, prog, binary, opts), code);
	assert_null(link);
	assert_int_equal(app_open_fds(), fds);
	app_assert_says(says);
	if (hints)
		app_assert_hints(hints);
	assert_null(strchr(skep_error_last()->message, '\n'));
}

static const char *write_file(const char *name, const void *bytes, size_t size)
{
	static char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", test_tmpdir(), name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, size), size);
	close(fd);
	return path;
}

/* The library's bytes; freed by the caller. */
static unsigned char *read_library(size_t *size)
{
	int fd = open(test_file(LIBRARY), O_RDONLY);
	unsigned char *bytes;
	struct stat status;

	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	bytes = malloc((size_t)status.st_size);
	assert_int_equal(read(fd, bytes, (size_t)status.st_size), status.st_size);
	close(fd);
	*size = (size_t)status.st_size;
	return bytes;
}

TEST(file_that_is_none_is_told_by_what_it_is)
{
	static const char script[] = "#!/bin/sh\n";
	char fifo[512];

	refused("/no/such/file", SYMBOL("x"), ENOENT, "there is no file /no/such/file", NULL);
	refused("libnone.so.9", SYMBOL("x"), ENOENT, "there is no library 'libnone.so.9'",
		"ldconfig -p");
	refused("/", SYMBOL("x"), EISDIR, "/ is a folder", NULL);
	refused("", SYMBOL("x"), EINVAL, "empty", NULL);
	refused(NULL, SYMBOL("x"), EINVAL, "neither a binary nor a process", NULL);
	refused(write_file("text", "abc", 3), SYMBOL("x"), ENOEXEC, "is not an ELF file", NULL);
	refused(write_file("empty", "", 0), SYMBOL("x"), ENOEXEC, "is not an ELF file", NULL);
	refused(write_file("script", script, sizeof(script) - 1), SYMBOL("x"), ENOEXEC,
		"is not an ELF file", "interpreter");
	refused(test_file("attach_user.bpf.o"), SYMBOL("x"), ENOEXEC, "is for BPF", NULL);
	snprintf(fifo, sizeof(fifo), "%s/fifo", test_tmpdir());
	assert_int_equal(mkfifo(fifo, 0600), 0);
	refused(fifo, SYMBOL("x"), EINVAL, "is no regular file", NULL);
}

TEST(library_for_another_machine_is_refused)
{
	size_t size;
	unsigned char *bytes = read_library(&size);

	((Elf64_Ehdr *)bytes)->e_machine = EM_RISCV;
	refused(write_file("other", bytes, size), SYMBOL("stand_one"), ENOEXEC, "is for riscv",
		"this machine's architecture");
	((Elf64_Ehdr *)bytes)->e_machine = EM_X86_64;
	((Elf64_Ehdr *)bytes)->e_type = ET_CORE;
#ifdef __x86_64__
	refused(write_file("core", bytes, size), SYMBOL("stand_one"), ENOEXEC, "core dump", NULL);
#endif
	free(bytes);
}

/* What its table of segments promises is not there: no place to be asked of the kernel. */
TEST(offset_behind_the_end_of_a_short_file_is_not_in_code)
{
	size_t size;
	unsigned char *bytes = read_library(&size);
	Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;
	const Elf64_Phdr *segments = (const Elf64_Phdr *)(bytes + header->e_phoff);
	uint64_t code = 0;

	for (int i = 0; i < header->e_phnum; i++)
		if (segments[i].p_type == PT_LOAD && segments[i].p_flags & PF_X)
			code = segments[i].p_offset;
	assert_true(code > 0 && code + 32 < size);
	header->e_shoff = 0;
	header->e_shnum = header->e_shstrndx = 0;
	refused(write_file("short", bytes, code + 16),
		SKEP_OPTS(skep_uprobe_opts, .offset = code + 24), ERANGE, "is not in code", NULL);
	free(bytes);
}

TEST(function_that_is_not_there_names_the_nearest)
{
	const char *file = test_file(LIBRARY);

	refused(file, SYMBOL("stand_thre"), ENOENT, "there is no function 'stand_thre'",
		"stand_three");
	refused(file, SYMBOL("stand_old@STAND_9"), ENOENT, "stand_old@STAND_9", "STAND_1");
	refused(file, SYMBOL("xyzzy_nothing_like_it"), ENOENT, "there is no function", "nm -D");
	refused(file, SYMBOL("stand_twin"), ENOTUNIQ, "has 2 functions 'stand_twin'",
		"skep_attach_uprobe_multi()");
	refused(file, SYMBOL("stand_pick"), ENOTUNIQ, "IFUNC", NULL);
	refused(file, SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .offset = 4000), ERANGE,
		"4000 behind its start", "objdump");
	refused(file, SKEP_OPTS(skep_uprobe_opts, .offset = 0x10), ERANGE, "is not in code", NULL);
	refused(file, SKEP_OPTS(skep_uprobe_opts, .offset = UINT64_MAX), ERANGE, "is not in code",
		NULL);
	refused(file, NULL, EINVAL, "neither a symbol nor an offset", NULL);
}

/* Sections are gone, as after `strip`: what is exported would be in .dynsym, which goes too. */
TEST(stripped_file_is_told_with_the_debug_file_to_install)
{
	size_t size;
	unsigned char *bytes = read_library(&size);
	Elf64_Ehdr *header = (Elf64_Ehdr *)bytes;

	header->e_shoff = 0;
	header->e_shnum = 0;
	header->e_shstrndx = 0;
	refused(write_file("stripped", bytes, size), SYMBOL("stand_one"), ENOENT, "stripped",
		"/usr/lib/debug/.build-id/");
	free(bytes);
}

TEST(debug_file_gives_the_symbols_that_were_stripped)
{
	struct skep_link *link = NULL;
	char command[1024];

	if (skep_attach_uprobe(&link, program(), test_file("stripped.so"), SYMBOL("stand_inner")))
		fail_msg("%s", skep_error_last()->message);
	skep_link_free(link);
	assert_ok(skep_attach_wait(-1));
	/* Away from its debug file. */
	snprintf(command, sizeof(command), "cp '%s' '%s/alone.so'", test_file("stripped.so"),
		 test_tmpdir());
	assert_int_equal(system(command), 0);
	snprintf(command, sizeof(command), "%s/alone.so", test_tmpdir());
	refused(command, SYMBOL("stand_inner"), ENOENT, "stripped", ".debug");
	assert_ok(skep_attach_uprobe(&link, program(), command, SYMBOL("stand_one")));
	skep_link_free(link);
	assert_ok(skep_attach_wait(-1));
}

TEST(libc_is_found_as_the_loader_finds_it)
{
	static const char *const names[] = { "libc.so.6", "libc", "c" };

	program();
	for (size_t i = 0; i < 6; i++) {
		struct skep_link *link = NULL;
		uint64_t before = attach_user_bss(app)->calls[0];

		if (skep_attach_uprobe(&link, program(), names[i % 3],
				       SKEP_OPTS(skep_uprobe_opts, .symbol = "getppid",
						 .pid = i < 3 ? getpid() : 0)))
			fail_msg("%s: %s", names[i % 3], skep_error_last()->message);
		getppid();
		assert_true(*(volatile uint64_t *)&attach_user_bss(app)->calls[0] > before);
		skep_link_free(link);
	}
	assert_ok(skep_attach_wait(-1));
}

TEST(process_that_is_gone_is_esrch)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(0);
	siginfo_t info;
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	/* It has ended, but nobody has looked: there is a process, and no program. */
	refused(LIBRARY, SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .pid = pid), ESRCH,
		"has ended", NULL);
	waitpid(pid, &status, 0);
	refused(LIBRARY, SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .pid = pid), ESRCH,
		"there is no process", NULL);
	refused(NULL, SKEP_OPTS(skep_uprobe_opts, .symbol = "main", .pid = 2), ESRCH, "process 2",
		NULL);
	refused(LIBRARY, SKEP_OPTS(skep_uprobe_opts, .symbol = "x", .pid = -5), EINVAL, "-5", NULL);
	refused("libnot.so.1", SKEP_OPTS(skep_uprobe_opts, .symbol = "x", .pid = getpid()), ENOENT,
		"there is no library", "/proc/");
}

TEST(descriptors_that_run_out_are_named_with_the_limit)
{
	const struct skep_program *prog = program();
	struct rlimit before, low;
	struct skep_link *links[64] = { NULL };
	int err = 0;
	size_t made = 0;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	low = before;
	low.rlim_cur = (rlim_t)app_open_fds() + 6;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	while (!err && made < 64) {
		err = skep_attach_uprobe(&links[made], prog, test_file(LIBRARY),
					 SYMBOL("stand_one"));
		made += !err;
	}
	setrlimit(RLIMIT_NOFILE, &before);
	assert_error(err, EMFILE);
	app_assert_says("file descriptors");
	app_assert_hints("ulimit -n");
	while (made > 0)
		skep_link_free(links[--made]);
	assert_ok(skep_attach_wait(-1));
}

static int many(const struct skep_uprobe_multi_opts *opts)
{
	struct skep_link *link = NULL;
	int err = skep_attach_uprobe_multi(&link, program(), test_file(LIBRARY), opts);

	skep_link_free(link);
	return err;
}

TEST(lists_are_checked_and_missing_functions_may_be_left_out)
{
	static const char *const names[] = { "stand_one", "stand_gone", "stand_two" };
	static const char *const none[] = { "stand_gone" };
	static const char *const hole[] = { "stand_one", NULL };
	static const uint64_t number = 1;

	assert_error(many(NULL), EINVAL);
	app_assert_says(".pattern, .symbols and .offsets");
	assert_error(many(SKEP_OPTS(skep_uprobe_multi_opts, .symbols = names)), EINVAL);
	assert_error(many(SKEP_OPTS(skep_uprobe_multi_opts, .symbols = hole, .count = 2)), EINVAL);
	assert_error(many(SKEP_OPTS(skep_uprobe_multi_opts, .pattern = "*", .cookies = &number)),
		     EINVAL);
	assert_error(many(SKEP_OPTS(skep_uprobe_multi_opts, .pattern = "nothing*")), ENOENT);
	app_assert_says("fits 'nothing*'");
	assert_error(many(SKEP_OPTS(skep_uprobe_multi_opts, .symbols = names, .count = (size_t)-1)),
		     E2BIG);
	assert_error(many(SKEP_OPTS(skep_uprobe_multi_opts, .symbols = names, .count = 3)), ENOENT);
	app_assert_says("stand_gone");
	assert_ok(many(SKEP_OPTS(skep_uprobe_multi_opts, .symbols = names, .count = 3,
				 .skip_missing = true, .fallback = true)));
	assert_error(many(SKEP_OPTS(skep_uprobe_multi_opts, .symbols = none, .count = 1,
				    .skip_missing = true, .fallback = true)),
		     ENOENT);
	app_assert_says("none of the 1");
	assert_ok(skep_attach_wait(-1));
}

TEST(program_for_another_kind_of_probe_is_eprototype)
{
	struct skep_link *link = NULL;

	program();
	assert_error(skep_attach_uprobe(&link, attach_user_program_of_the_kernel(app),
					test_file(LIBRARY), SYMBOL("stand_one")),
		     EPROTOTYPE);
	app_assert_hints("SEC(\"uprobe\")");
	assert_error(
		skep_attach_uprobe(&link, attach_user_program_on_both(app), test_file(LIBRARY),
				   SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .ret = true)),
		EINVAL);
	assert_error(skep_attach_usdt(&link, attach_user_program_on_probe(app), test_file(LIBRARY),
				      NULL, "hit", NULL),
		     EINVAL);
	assert_error(skep_attach_usdt(&link, attach_user_program_on_probe(app), "/proc/self/exe",
				      "a", "b", NULL),
		     ENOENT);
	app_assert_hints("no USDT probes");
}

TEST(build_id_finds_the_file_in_folders_and_in_a_process)
{
	const struct skep_program *prog = program();
	struct skep_link *link = NULL;
	const char *folder = test_tmpdir();
	char id[41] = "", upper[64];
	unsigned char *bytes;
	size_t size;

	bytes = read_library(&size);
	/* The note: 4, 20, 3, "GNU", and the id. */
	for (size_t i = 0; !*id && i + 36 < size; i++)
		if (!memcmp(bytes + i, "\4\0\0\0\24\0\0\0\3\0\0\0GNU\0", 16))
			for (size_t k = 0; k < 20; k++)
				sprintf(id + 2 * k, "%02x", bytes[i + 16 + k]);
	write_file("copy.so", bytes, size);
	free(bytes);
	assert_int_equal(strlen(id), 40);
	snprintf(upper, sizeof(upper), "%s", id);
	assert_ok(skep_attach_uprobe(
		&link, prog, folder,
		SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .build_id = id)));
	skep_link_free(link);
	assert_ok(skep_attach_wait(-1)); /* or descriptors are closed while they are counted */
	id[3] = id[3] == '0' ? '1' : '0';
	refused(folder, SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .build_id = id), ENOENT,
		"has the build-id", "readelf -n");
	refused(NULL,
		SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .build_id = id, .pid = getpid()),
		ENOENT, "has loaded nothing", NULL);
	refused(folder, SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .build_id = "xyz"),
		EINVAL, "is no build-id", NULL);
	refused(NULL, SKEP_OPTS(skep_uprobe_opts, .symbol = "stand_one", .build_id = id), EINVAL,
		"where to look", NULL);
}

/* In a child: what is dropped is gone for good. */
TEST(user_without_privilege_is_told_what_is_missing)
{
	struct skep_link *link = NULL;
	const struct skep_program *prog = program();
	const char *file = test_file(LIBRARY);
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		int err;

		if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
			_exit(1);
		err = skep_attach_uprobe(&link, prog, file, SYMBOL("stand_one"));
		/* Where the folder is closed to others, that is what is told. */
		if (err == -EACCES)
			_exit(strstr(skep_error_last()->message, "may not read") ? 0 : 2);
		_exit(err == -EPERM && strstr(skep_error_last()->message, "CAP_PERFMON") ? 0 : 3);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Bytes are changed here and there, and the end cut off: an errno with words, or a probe. */
TEST(damaged_files_are_survived)
{
	const struct skep_program *prog = program();
	size_t size, whole;
	unsigned char *bytes = read_library(&whole), *copy = malloc(whole);
	uint32_t random = 12345;
	int outcomes[2] = { 0 };

	for (int round = 0; round < (test_is_full() ? 20000 : 600); round++) {
		struct skep_link *link = NULL;
		const char *path;

		memcpy(copy, bytes, whole);
		for (int i = 0; i < 4; i++) {
			random = random * 1664525 + 1013904223;
			copy[(random >> 8) % (i < 2 ? whole : 1024)] = (unsigned char)random;
		}
		random = random * 1664525 + 1013904223;
		size = round % 3 ? whole : (random >> 8) % whole;
		path = write_file("damaged", copy, size);
		if (skep_attach_usdt(&link, prog, path, "stand", "nothing", NULL) == 0 ||
		    skep_attach_uprobe(&link, prog, path, SYMBOL("stand_none")) == 0)
			fail_msg("attached to what is not there");
		assert_non_null(skep_error_last()->message);
		outcomes[skep_error_last()->code == ENOENT]++;
	}
	free(bytes);
	free(copy);
	assert_true(outcomes[0] > 0 && outcomes[1] > 0);
}
