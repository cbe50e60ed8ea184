// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Credentials, namespaces, cgroups, ancestors and signals, against what /proc has. */
#include "bpf_sec_app.h"

#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "harness/machine.h"
#include "harness/test.h"

#define MAGIC 0x5e39 /* the second argument of calls that on_call looks at */

/* ---- credentials ---- */

/* A line of /proc/self/status, its numbers in a base. */
static int status_line(const char *name, int base, uint64_t *numbers, int n)
{
	char line[512];
	FILE *file = fopen("/proc/self/status", "re");
	int got = 0;

	while (file && fgets(line, sizeof(line), file)) {
		char *at = line + strlen(name);

		if (strncmp(line, name, strlen(name)) || *at++ != ':')
			continue;
		while (got < n)
			numbers[got++] = strtoull(at, &at, base);
	}
	if (file)
		fclose(file);
	return got;
}

static int cred_is_as_proc(const struct skep_cred *cred)
{
	const uint64_t caps[] = { cred->cap_inheritable, cred->cap_permitted, cred->cap_effective,
				  cred->cap_bounding, cred->cap_ambient };
	static const char *const names[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
	uint64_t n[4];

	CHECK(status_line("Uid", 10, n, 4) == 4);
	CHECK(cred->uid == n[0] && cred->euid == n[1] && cred->suid == n[2] && cred->fsuid == n[3]);
	CHECK(status_line("Gid", 10, n, 4) == 4);
	CHECK(cred->gid == n[0] && cred->egid == n[1] && cred->sgid == n[2] && cred->fsgid == n[3]);
	for (int i = 0; i < 5; i++)
		CHECK(status_line(names[i], 16, n, 1) == 1 && caps[i] == n[0]);
	return 0;
}

static int set_caps(uint32_t effective, uint32_t permitted, uint32_t inheritable)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ effective, permitted, inheritable },
		{ 1u << (CAP_BPF - 32) | 1u << (CAP_PERFMON - 32), UINT32_MAX, 0 },
	};
	struct __user_cap_data_struct now[2];

	CHECK(!syscall(SYS_capget, &head, now));
	data[1].permitted &= now[1].permitted;
	data[1].effective &= now[1].permitted;
	data[0].permitted &= now[0].permitted;
	data[0].effective &= now[0].permitted;
	CHECK(!syscall(SYS_capset, &head, data));
	return 0;
}

static int credentials(void)
{
	struct bpf_sec_bss *seen = sec_seen();
	struct skep_cred *cred = &seen->task_seen.cred, before;

	CHECK(!sec_ran("task", 0, 0) || true);
	CHECK(!seen->task_seen.errors && !cred_is_as_proc(cred));
	CHECK(cred->user_ns_level == 0 && cred->securebits == 0 && cred->zero == 0);
	CHECK(sec_ran("capable", CAP_SYS_ADMIN, 0) == 3 && !sec_ran("capable", 63, 0));
	CHECK(!sec_ran("capable", 64, 0) && !sec_ran("capable", UINT32_MAX, 0));
	before = *cred;
	/* All different; capabilities stay. */
	CHECK(!prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP));
	CHECK(!setresgid(11, 12, 13) && !setresuid(1, 2, 3));
	CHECK(setfsgid(14) == 12 && setfsuid(4) == 2);
	CHECK(!set_caps(1u << CAP_SYS_ADMIN | 1u << CAP_SYS_PTRACE, UINT32_MAX, 1u << CAP_CHOWN));
	CHECK(!prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0));
	CHECK(sec_ran("task", 0, 0) >= 0);
	CHECK(!cred_is_as_proc(cred));
	CHECK(cred->uid == 1 && cred->fsuid == 4 && cred->gid == 11 && cred->fsgid == 14);
	CHECK(cred->securebits == SECBIT_NO_SETUID_FIXUP && cred->cap_ambient == 1u << CAP_CHOWN);
	CHECK(!memcmp(cred, &seen->task_seen.real, sizeof(*cred)));
	CHECK(sec_ran("capable", CAP_SYS_ADMIN, 0) == 3 && !sec_ran("capable", CAP_CHOWN, 0));
	seen->cred_before = before;
	seen->cred_after = *cred;
	CHECK(sec_ran("changes", 0, 0) == (1 | 2 | 4 | 16));
	seen->cred_before = *cred;
	seen->cred_after = before;
	CHECK(sec_ran("changes", 0, 0) == (1 | 2 | 4 | 16 | 32 | 64));
	return 0;
}

TEST(credentials_are_those_of_proc_and_what_changed_is_told)
{
	sec_in_child(credentials);
}

TEST(each_change_of_credentials_is_told_alone)
{
	static const struct {
		size_t at, bytes;
		int what;
	} cases[] = {
#define FIELD(name, what)                                                                          \
	{ offsetof(struct skep_cred, name), sizeof(((struct skep_cred *)0)->name), what }
		FIELD(uid, 1),
		FIELD(euid, 1),
		FIELD(suid, 1),
		FIELD(fsuid, 1),
		FIELD(gid, 2),
		FIELD(egid, 2),
		FIELD(sgid, 2),
		FIELD(fsgid, 2),
		FIELD(cap_inheritable, 4),
		FIELD(cap_permitted, 4),
		FIELD(cap_effective, 68),
		FIELD(cap_bounding, 4),
		FIELD(cap_ambient, 4),
		FIELD(user_ns, 8),
		FIELD(user_ns_level, 0),
		FIELD(securebits, 16),
	};
	struct bpf_sec_bss *seen = sec_seen();

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(&seen->cred_before, 0, sizeof(seen->cred_before));
		memset(&seen->cred_after, 0, sizeof(seen->cred_after));
		assert_int_equal(sec_ran("changes", 0, 0), 0);
		/* The last byte: all of the field is compared. */
		((char *)&seen->cred_after)[cases[i].at + cases[i].bytes - 1] = 1;
		assert_int_equal(sec_ran("changes", 0, 0), cases[i].what);
	}
}

TEST(what_are_no_credentials_is_efault_and_zeroes)
{
	static const struct skep_cred none;
	static const uint64_t wrong[] = { 0, 1, 4096, UINT64_MAX, 1ULL << 63 };
	struct bpf_sec_bss *seen = sec_seen();

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		memset(&seen->cred_after, 0xff, sizeof(seen->cred_after));
		assert_int_equal(sec_ran("cred_of", wrong[i], 0), -EFAULT);
		assert_memory_equal(&seen->cred_after, &none, sizeof(none));
	}
}

/* ---- namespaces ---- */

static uint32_t namespace_of(const char *name)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	return stat(path, &st) ? 0 : (uint32_t)st.st_ino;
}

static int namespaces_are_as_proc(const struct skep_namespaces *ns)
{
	CHECK(ns->cgroup == namespace_of("cgroup") && ns->ipc == namespace_of("ipc"));
	CHECK(ns->mnt == namespace_of("mnt") && ns->net == namespace_of("net"));
	CHECK(ns->time == namespace_of("time") && ns->user == namespace_of("user"));
	CHECK(ns->uts == namespace_of("uts"));
	return 0;
}

static int in_new_namespaces(void)
{
	const struct skep_namespaces *ns = &sec_seen()->task_seen.ns;
	struct skep_namespaces before;
	int status = -1;
	pid_t pid;

	CHECK(sec_ran("task", 0, 0) >= 0 && !namespaces_are_as_proc(ns));
	CHECK(ns->pid == namespace_of("pid") && ns->user && ns->time);
	before = *ns;
	CHECK(!unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWCGROUP |
		       CLONE_NEWPID));
	CHECK(sec_ran("task", 0, 0) >= 0 && !namespaces_are_as_proc(ns));
	CHECK(ns->cgroup != before.cgroup && ns->ipc != before.ipc && ns->mnt != before.mnt);
	CHECK(ns->net != before.net && ns->uts != before.uts && ns->user == before.user);
	/* The namespace of a task's own number is the one it was born in. */
	CHECK(ns->pid == before.pid);
	pid = fork();
	if (!pid)
		_exit(sec_ran("task", 0, 0) < 0);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK(ns->pid == namespace_of("pid_for_children") && ns->pid != before.pid);
	return 0;
}

TEST(namespaces_are_those_of_proc)
{
	sec_in_child(in_new_namespaces);
}

/* Without privilege it cannot run programs: a tracepoint looks at it. */
static int in_a_user_namespace(void)
{
	struct bpf_sec_bss *seen = sec_seen();

	CHECK(!unshare(CLONE_NEWUSER));
	seen->calls_seen.n = 0;
	seen->only = (uint32_t)getpid();
	syscall(SYS_fcntl, -1, MAGIC, 0);
	CHECK(seen->calls_seen.n == 1);
	CHECK(seen->cred_after.user_ns_level == 1 && !seen->capable_seen);
	CHECK(seen->cred_after.user_ns == namespace_of("user"));
	CHECK(seen->cred_after.cap_effective && seen->cred_after.uid == 0);
	CHECK(!namespaces_are_as_proc(&seen->task_seen.ns));
	seen->task_seen.cred = seen->cred_after;
	return 0;
}

TEST(root_of_a_user_namespace_is_capable_of_nothing_outside)
{
	struct bpf_sec_bss *seen = sec_seen();
	int fd = bpf_raw_tracepoint_open(
		"sys_enter",
		skep_program_fd(skep_object_program(bpf_sec_object(sec_started()), "on_call")));

	assert_true(fd >= 0);
	sec_in_child(in_a_user_namespace);
	close(fd);
	/* What was read of the child; this process is capable. */
	assert_int_equal(sec_ran("capable", CAP_SYS_ADMIN, 0), 1);
	assert_true(seen->task_seen.cred.cap_effective >> CAP_SYS_ADMIN & 1);
}

/* ---- cgroups ---- */

static char inner_cgroup[PATH_MAX], outer_cgroup[PATH_MAX];

static int in_a_cgroup(void)
{
	struct bpf_sec_bss *seen = sec_seen();
	char procs[PATH_MAX + 16], line[PATH_MAX], *end;
	struct stat inner, outer, root;
	FILE *file;
	int fd;

	snprintf(procs, sizeof(procs), "%s/cgroup.procs", inner_cgroup);
	fd = open(procs, O_WRONLY | O_CLOEXEC);
	CHECK(fd >= 0 && write(fd, "0", 1) == 1);
	CHECK(!stat(inner_cgroup, &inner) && !stat(outer_cgroup, &outer));
	CHECK(!stat(cgroup2_root(), &root));
	CHECK(sec_ran("task", 0, 0) >= 0);
	CHECK(seen->task_seen.n_cgroups >= 3 && seen->task_seen.n_cgroups < LEVELS_MOST);
	CHECK(seen->task_seen.cgroups[0] == inner.st_ino);
	CHECK(seen->task_seen.cgroups[1] == outer.st_ino);
	CHECK(seen->task_seen.cgroups[seen->task_seen.n_cgroups - 1] == root.st_ino);
	CHECK(sec_ran("in_cgroup", inner.st_ino, 0) == 1);
	CHECK(sec_ran("in_cgroup", outer.st_ino, 0) == 1);
	CHECK(sec_ran("in_cgroup", root.st_ino, 0) == 1);
	CHECK(!sec_ran("in_cgroup", 0, 0) && !sec_ran("in_cgroup", inner.st_ino << 32, 0));
	/* The line "0::/path" is of version 2. */
	file = fopen("/proc/self/cgroup", "re");
	CHECK(file);
	do
		CHECK(fgets(line, sizeof(line), file));
	while (strncmp(line, "0::", 3));
	fclose(file);
	end = strchr(line, '\n');
	CHECK(end);
	*end = '\0';
	CHECK(!sec_ran("path_of_cgroup", 0, 0));
	CHECK(seen->path_seen.length == (int64_t)strlen(line + 3));
	CHECK(!strcmp(seen->path_seen.text, line + 3) && !seen->path_seen.state);
	return 0;
}

static void remove_cgroups(void **state)
{
	(void)state;
	rmdir(inner_cgroup);
	rmdir(outer_cgroup);
}

TEST_WITH(cgroups_above_a_task_are_found_by_id_and_path, NULL, remove_cgroups)
{
	struct bpf_sec_bss *seen = sec_seen();
	struct stat st;

	snprintf(outer_cgroup, sizeof(outer_cgroup), "%s/skep-test-sec", cgroup2_root());
	snprintf(inner_cgroup, sizeof(inner_cgroup), "%.3000s/inner", outer_cgroup);
	assert_int_equal(mkdir(outer_cgroup, 0755), 0);
	assert_int_equal(mkdir(inner_cgroup, 0755), 0);
	assert_int_equal(stat(outer_cgroup, &st), 0);
	assert_int_equal(sec_ran("in_cgroup", st.st_ino, 0), 0);
	memset(seen->task_seen.cgroups, 0, sizeof(seen->task_seen.cgroups));
	sec_in_child(in_a_cgroup);
}

/* ---- ancestors ---- */

/* Of /proc/PID/stat: the start in ticks, and the parent. */
static int stat_of(uint32_t pid, uint64_t *start, uint32_t *parent)
{
	char path[64], text[1024] = "", *at;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	CHECK(fd >= 0 && read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	at = strrchr(text, ')');
	CHECK(at);
	*parent = (uint32_t)strtoul(at + 4, NULL, 10);
	for (int i = 0; i < 20; i++) /* field 22, of which ") " ends the second */
		at = strchr(at + 1, ' ');
	*start = strtoull(at, NULL, 10);
	return 0;
}

static int two_below(void)
{
	struct bpf_sec_bss *seen = sec_seen();
	struct skep_ancestor *who = seen->task_seen.who;
	uint64_t ticks = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK), start;
	uint32_t pid = (uint32_t)getpid(), parent;
	char comm[64], path[64];

	CHECK(sec_ran("task", 0, 0) == 0);
	CHECK(seen->task_seen.n_who >= 2 && who[0].pid == (uint32_t)getppid());
	CHECK(seen->task_seen.parent == (uint32_t)getppid());
	for (uint32_t i = 0; i < seen->task_seen.n_who; i++) {
		FILE *file;

		CHECK(!stat_of(pid, &start, &parent) && parent == who[i].pid);
		CHECK(!stat_of(parent, &start, &pid) && start == who[i].start_ns / ticks);
		snprintf(path, sizeof(path), "/proc/%u/comm", parent);
		file = fopen(path, "re");
		CHECK(file && fgets(comm, sizeof(comm), file));
		fclose(file);
		comm[strcspn(comm, "\n")] = '\0';
		CHECK(!strcmp(comm, who[i].comm));
		CHECK(sec_ran("task", parent, 0) == (int)i + 1);
		pid = parent;
	}
	/* Up to the first process, or as many as there is room for. */
	CHECK(pid == 1 || seen->task_seen.n_who == ANCESTORS_MOST);
	CHECK(sec_ran("task", (uint64_t)getpid(), 0) == 0);
	CHECK(sec_ran("task", 1, 0) >= (int)seen->task_seen.n_who);
	return 0;
}

/* A thread that has another name than its process: that is no ancestor. */
static void *fork_in_a_thread(void *status)
{
	pid_t pid;

	prctl(PR_SET_NAME, "a thread");
	pid = fork();
	if (!pid) {
		int at = two_below();

		_exit(at ? 1 : sec_seen()->task_seen.who[0].uid != 77);
	}
	waitpid(pid, status, 0);
	return NULL;
}

static int below_a_user(void)
{
	pthread_t thread;
	int status = -1;

	CHECK(!prctl(PR_SET_NAME, "a parent's name") && !setresuid(77, 0, 0));
	CHECK(!pthread_create(&thread, NULL, fork_in_a_thread, &status));
	CHECK(!pthread_join(thread, NULL) && !status);
	return 0;
}

TEST(ancestors_are_those_of_proc_up_to_the_first_process)
{
	sec_in_child(two_below);
	sec_in_child(below_a_user);
}

/* ---- signals and verdicts ---- */

static volatile sig_atomic_t signalled;

static void on_signal(int number)
{
	signalled = number;
}

TEST(signal_reaches_the_current_process_and_no_wrong_number_does)
{
	pid_t pid;
	int status;

	sec_started();
	assert_true(signal(SIGUSR1, on_signal) != SIG_ERR);
	for (uint64_t to_thread = 0; to_thread < 2; to_thread++) {
		signalled = 0;
		assert_int_equal(sec_ran("send", SIGUSR1, to_thread), 0);
		assert_int_equal(signalled, SIGUSR1);
		assert_int_equal(sec_ran("send", 0, to_thread), -EINVAL);
		assert_int_equal(sec_ran("send", 65, to_thread), -EINVAL);
		assert_int_equal(sec_ran("send", UINT32_MAX, to_thread), -EINVAL);
	}
	signal(SIGUSR1, SIG_DFL);
	for (uint64_t for_a_while = 0; for_a_while < 2; for_a_while++) {
		pid = fork();
		if (!pid)
			_exit(sec_ran("end", for_a_while, 0) != 0);
		assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
		if (for_a_while) {
			assert_true(WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
			kill(pid, SIGKILL);
			assert_int_equal(waitpid(pid, &status, 0), pid);
		}
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	}
}

TEST(deny_makes_a_refusal_of_any_number)
{
	static const int cases[][2] = { { EPERM, -EPERM },    { -EACCES, -EACCES },
					{ 4095, -4095 },      { -4095, -4095 },
					{ 0, -EPERM },        { 4096, -EPERM },
					{ -4096, -EPERM },    { INT32_MAX, -EPERM },
					{ INT32_MIN, -EPERM } };

	sec_started();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(sec_ran("deny", (uint64_t)(int64_t)cases[i][0], 0), cases[i][1]);
}
