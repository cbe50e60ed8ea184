/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "library.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "base/fail.h"

void skep_binary_close(struct skep_binary *binary)
{
	skep_cleanup_close(&binary->fd);
	binary->fd = -1;
}

int skep_attach_no_fds(int code, const char *what)
{
	struct rlimit limit = { 0 };

	if (code == ENFILE)
		return skep_fail_hint(skep_fail(ENFILE,
						"cannot open %s: the system has no file "
						"descriptors left",
						what),
				      "raise the sysctl fs.file-max");
	getrlimit(RLIMIT_NOFILE, &limit);
	return skep_fail_hint(skep_fail(EMFILE,
					"cannot open %s: this process has all %llu file "
					"descriptors open that it may have",
					what, (unsigned long long)limit.rlim_cur),
			      "raise `ulimit -n`, or setrlimit() with RLIMIT_NOFILE; a uprobe "
			      "takes two, uprobe.multi one for all");
}

/* Absolute symbolic links of another root must be followed there, and not in ours. */
static int open_in_root(const char *root, const char *path)
{
	struct open_how how = { .flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
				.resolve = RESOLVE_IN_ROOT };
	AUTO_CLOSE int folder = -1;
	int fd;

	if (!*root) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		return fd < 0 ? -errno : fd;
	}
	folder = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return -errno;
	fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof(how));
	if (fd < 0 && errno == ENOSYS)
		fd = openat(folder, path + strspn(path, "/"),
			    O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

/* A link of /proc leads out of any root. This one is the process's own program, as it sees it. */
static int open_program(const char *root)
{
	char exe[64];
	int fd;

	snprintf(exe, sizeof(exe), "%.*s/exe", (int)(strrchr(root, '/') - root), root);
	fd = open(exe, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

int skep_binary_open(struct skep_binary *binary, const char *inside, int pid)
{
	int fd = open_in_root(binary->root, inside);

	if (fd == -EXDEV && !strcmp(inside, "/proc/self/exe"))
		fd = open_program(binary->root);

	if (fd < 0)
		return fd;
	skep_binary_close(binary);
	binary->fd = fd;
	snprintf(binary->path, sizeof(binary->path), "/proc/self/fd/%d", fd);
	snprintf(binary->inside, sizeof(binary->inside), "%s", inside);
	if (pid)
		snprintf(binary->shown, sizeof(binary->shown), "%s of process %d", inside, pid);
	else
		snprintf(binary->shown, sizeof(binary->shown), "%s", inside);
	return 0;
}

bool skep_binary_is_native(int fd, int pid)
{
	struct {
		unsigned char ident[EI_NIDENT];
		uint16_t type, machine;
	} its, native;
	AUTO_CLOSE int exe = -1;
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid ? pid : getpid());
	exe = open(path, O_RDONLY | O_CLOEXEC);
	if (pread(fd, &its, sizeof(its), 0) != sizeof(its) || memcmp(its.ident, ELFMAG, SELFMAG))
		return false;
	if (exe < 0 || pread(exe, &native, sizeof(native), 0) != sizeof(native))
		return true;
	return its.ident[EI_CLASS] == native.ident[EI_CLASS] &&
	       its.ident[EI_DATA] == native.ident[EI_DATA] && its.machine == native.machine;
}

bool skep_library_fits(const char *name, const char *asked)
{
	size_t length = strlen(asked);

	if (!strcmp(name, asked))
		return true;
	if (strstr(asked, ".so"))
		return false;
	if (!strncmp(name, asked, length) && !strncmp(asked, "lib", 3))
		name += length;
	else if (!strncmp(name, "lib", 3) && !strncmp(name + 3, asked, length))
		name += 3 + length;
	else
		return false;
	if (*name == '-' && name[1] >= '0' && name[1] <= '9') /* libc-2.31.so */
		name = strstr(name, ".so") ? strstr(name, ".so") : name;
	return !strncmp(name, ".so", 3) && (!name[3] || name[3] == '.');
}

static int no_process(int pid)
{
	return skep_fail_hint(skep_fail(ESRCH, "there is no process %d", pid),
			      "it may have ended; `pgrep` finds processes by name");
}

/* Its root, or what keeps us from it. */
static int check_process(struct skep_binary *binary, int pid)
{
	char exe[32], target[8];
	struct stat status;

	if (pid < 0)
		return skep_fail_hint(skep_fail(EINVAL, "%d is no process", pid),
				      "0 stands for all processes");
	if (kill(pid, 0) && errno == ESRCH)
		return no_process(pid);
	snprintf(exe, sizeof(exe), "/proc/%d/exe", pid);
	snprintf(binary->root, sizeof(binary->root), "/proc/%d/root", pid);
	if (readlink(exe, target, sizeof(target)) < 0 && errno == ENOENT)
		return skep_fail_hint(skep_fail(ESRCH,
						"process %d has no program: it has ended, or is a "
						"thread of the kernel's",
						pid),
				      "attach while it runs");
	if (stat(binary->root, &status) == 0)
		return 0;
	if (errno == ENOENT || errno == ESRCH)
		return no_process(pid);
	return skep_fail_hint(skep_fail(EACCES, "this process may not look into process %d", pid),
			      "run it as root or as that process's user; a container needs "
			      "CAP_SYS_PTRACE");
}

/* What keeps everything from being found; 0: nothing. */
static int cannot_look(const struct skep_binary_query *query)
{
	struct skep_binary none SKEP_BINARY_AUTO = SKEP_BINARY_NONE;
	/* As many as one file of another root takes. */
	AUTO_CLOSE int one = open("/", O_PATH | O_CLOEXEC);
	AUTO_CLOSE int two = open("/", O_PATH | O_CLOEXEC);

	if ((one < 0 || two < 0) && (errno == EMFILE || errno == ENFILE))
		return skep_attach_no_fds(errno, query->binary);
	return query->pid ? check_process(&none, query->pid) : 0;
}

static int cannot_open(const struct skep_binary_query *query, int code)
{
	char where[32] = "";
	int err;

	if (query->pid)
		snprintf(where, sizeof(where), " for process %d", query->pid);
	switch (code) {
	case ENOENT:
	case ENOTDIR:
	case ELOOP:
		err = cannot_look(query);
		if (err)
			return err;
		return skep_fail_hint(
			skep_fail(ENOENT, "there is no file %s%s", query->binary, where),
			query->pid ? "paths are as that process sees them: `ls -l "
				     "/proc/%d/root` shows its files"
				   : "give the path of an executable or library, or a "
				     "library's name: \"libc.so.6\"",
			query->pid);
	case EACCES:
	case EPERM:
		return skep_fail_hint(
			skep_fail(EACCES, "this process may not read %s%s", query->binary, where),
			"run it as root, or as a user who may");
	case EMFILE:
	case ENFILE:
		return skep_attach_no_fds(code, query->binary);
	case ESRCH:
		return no_process(query->pid);
	case EXDEV:
		return skep_fail_hint(skep_fail(EINVAL,
						"%s%s is a link of /proc, which leads out of that "
						"process's files",
						query->binary, where),
				      "give the path that it leads to (readlink), or "
				      "\"/proc/self/exe\" for the process's program");
	default:
		return skep_fail(code, "cannot open %s%s: %s", query->binary, where,
				 strerror(code));
	}
}

static int not_found(const struct skep_binary_query *query)
{
	bool library = strstr(query->binary, ".so");
	int err = cannot_look(query);

	if (err)
		return err;
	skep_fail(ENOENT, "there is no %s '%s' where %s look",
		  library ? "library" : "program or library", query->binary,
		  query->pid ? "the process and its loader"
		  : library  ? "the loader would"
			     : "the shell and the loader would");
	return skep_fail_hint(-ENOENT,
			      query->pid ? "`grep -F .so /proc/%d/maps` shows what it has loaded"
					 : "give its path, or the pid of a process that has it "
					   "loaded; `ldconfig -p` lists libraries",
			      query->pid);
}

static int find_by_name(struct skep_binary *binary, const struct skep_binary_query *query)
{
	int err;

	if (query->pid) {
		err = skep_library_in_process(binary, query->binary, query->pid);
		if (err != -ENOENT)
			return err;
	}
	if (skep_library_search(binary, query->binary, query->pid))
		return 0;
	return not_found(query);
}

static int find_program(struct skep_binary *binary, int pid)
{
	char path[32], target[SKEP_SHOWN_MAX];
	ssize_t length;
	int err;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	length = readlink(path, target, sizeof(target) - 1);
	binary->root[0] = '\0'; /* a magic link: it needs no root */
	err = skep_binary_open(binary, path, pid);
	if (err)
		return cannot_open(&(struct skep_binary_query){ .binary = path, .pid = pid }, -err);
	snprintf(binary->root, sizeof(binary->root), "/proc/%d/root", pid);
	if (length > 0) {
		target[length] = '\0';
		snprintf(binary->inside, sizeof(binary->inside), "%s", target);
		snprintf(binary->shown, sizeof(binary->shown), "%s of process %d", target, pid);
	}
	return 0;
}

static int find_by_path(struct skep_binary *binary, const struct skep_binary_query *query)
{
	char cwd[32] = "", path[SKEP_SHOWN_MAX];
	int err;

	if (query->pid && query->binary[0] != '/') {
		/* Relative to its folder, which lies in its root. */
		snprintf(cwd, sizeof(cwd), "/proc/%d/cwd/", query->pid);
		if (snprintf(path, sizeof(path), "%s%s", cwd, query->binary) >= (int)sizeof(path))
			return cannot_open(query, ENAMETOOLONG);
		binary->root[0] = '\0';
		err = skep_binary_open(binary, path, query->pid);
	} else {
		err = skep_binary_open(binary, query->binary, query->pid);
	}
	return err ? cannot_open(query, -err) : 0;
}

int skep_binary_find(struct skep_binary *out, const struct skep_binary_query *query)
{
	struct skep_binary binary SKEP_BINARY_AUTO = SKEP_BINARY_NONE;
	int err = query->pid ? check_process(&binary, query->pid) : 0;

	if (err)
		return err;
	if (query->build_id)
		err = skep_library_by_build_id(&binary, query->binary, query->pid, query->build_id);
	else if (query->binary && !*query->binary)
		err = skep_fail(EINVAL, "the name of the binary is empty");
	else if (query->binary && strlen(query->binary) >= SKEP_SHOWN_MAX)
		err = skep_fail(ENAMETOOLONG, "the path of the binary has %zu bytes",
				strlen(query->binary));
	else if (query->binary && strchr(query->binary, '/'))
		err = find_by_path(&binary, query);
	else if (query->binary)
		err = find_by_name(&binary, query);
	else if (query->pid)
		err = find_program(&binary, query->pid);
	else
		err = skep_fail_hint(skep_fail(EINVAL, "neither a binary nor a process is given"),
				     "give a path, a library's name, or .pid");
	if (err)
		return err;
	*out = binary;
	binary.fd = -1;
	return 0;
}
