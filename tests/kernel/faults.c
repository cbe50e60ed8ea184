// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "faults.h"

#include <sched.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "app.h"
#include "group.h"
#include "net.h"
#include "harness/machine.h"
#include "harness/test.h"

static int by_section(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach(out, program);
}

static int sample(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_perf_event(out, program, NULL);
}

static int xdp(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_xdp(out, program, "lo", NULL);
}

static int tc(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_tc(out, program, "lo", SKEP_INGRESS, NULL);
}

static int tcx(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_tcx(out, program, "lo", SKEP_INGRESS, NULL);
}

static int netfilter(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_netfilter(out, program, SKEP_NETFILTER_FORWARD, NULL);
}

static int sk_lookup(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_sk_lookup(out, program, NULL, NULL);
}

static int dissect(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_flow_dissector(out, program, NULL, NULL);
}

static int route(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_lwt(out, program, "10.0.0.0/8", "lo", NULL);
}

static char group[GROUP_PATH];

static int cgroup(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_cgroup(out, program, group, NULL);
}

static int filtered = -1; /* the socket */

static int socket_filter(struct skep_link **out, const struct skep_program *program)
{
	return skep_attach_socket(out, program, filtered, NULL);
}

#define TRACES (FAULT_BPF | FAULT_PERFMON)
#define NETS   (FAULT_BPF | FAULT_NET)

const struct fault_family fault_families[] = {
	{ "on_raw_tp", "raw_tp", SKEP_CAN_RAW_TRACEPOINT, TRACES, by_section },
	{ "on_core", "raw_tp", SKEP_CAN_RAW_TRACEPOINT, TRACES | FAULT_BTF, by_section },
	{ "on_tp_btf", "tp_btf", SKEP_CAN_BTF_TRACEPOINT, TRACES | FAULT_BTF, by_section },
	{ "on_tp", "tracepoint", SKEP_CAN_TRACEPOINT, TRACES | FAULT_PERF, by_section },
	{ "on_kprobe", "kprobe", SKEP_CAN_KPROBE, TRACES | FAULT_PERF, by_section },
	{ "on_multi", "kprobe.multi", SKEP_CAN_KPROBE_MULTI, TRACES, by_section },
	{ "on_fentry", "fentry", SKEP_CAN_FENTRY, TRACES | FAULT_BTF, by_section },
	{ "on_lsm", "lsm", SKEP_CAN_LSM, TRACES | FAULT_BTF, by_section },
	{ "on_uprobe", "uprobe", SKEP_CAN_UPROBE, TRACES | FAULT_PERF, by_section },
	{ "on_uprobe_multi", "uprobe.multi", SKEP_CAN_UPROBE_MULTI, TRACES, by_section },
	{ "on_sample", "perf_event cpu-clock", SKEP_CAN_PERF_EVENT, TRACES | FAULT_PERF, sample },
	{ "on_iter", "iter/task", SKEP_CAN_ITERATOR, TRACES | FAULT_BTF, by_section },
	{ "on_xdp", "xdp generic", SKEP_CAN_XDP, NETS, xdp },
	{ "on_tc", "tc ingress", SKEP_CAN_TC, NETS, tc },
	{ "on_tcx", "tcx ingress", SKEP_CAN_TCX, NETS, tcx },
	{ "on_netfilter", "netfilter", SKEP_CAN_NETFILTER, NETS, netfilter },
	{ "on_sk_lookup", "sk_lookup", SKEP_CAN_SK_LOOKUP, FAULT_BPF, sk_lookup },
	{ "on_dissect", "flow_dissector", SKEP_CAN_BPF, NETS, dissect },
	{ "on_route", "lwt_xmit", SKEP_CAN_BPF, NETS, route },
	{ "on_egress", "cgroup_skb/egress", SKEP_CAN_CGROUP, NETS | FAULT_LATE, cgroup },
	{ "on_connect4", "cgroup/connect4", SKEP_CAN_CGROUP, NETS, cgroup },
	{ "on_sockops", "sockops", SKEP_CAN_CGROUP, NETS, cgroup },
	{ "on_socket", "socket", SKEP_CAN_BPF, FAULT_BPF, socket_filter },
};

const size_t fault_family_count = sizeof(fault_families) / sizeof(fault_families[0]);

struct skep_object *fault_open(const struct fault_family *family)
{
	bool core = !strcmp(family->program, "on_core");
	struct skep_object *object = app_open(core ? "faults_core.bpf.o" : "faults.bpf.o");

	for (struct skep_program *p = skep_object_next_program(object, NULL); p;
	     p = skep_object_next_program(object, p))
		assert_ok(skep_program_enable(p, !strcmp(skep_program_name(p), family->program)));
	return object;
}

const struct fault_family *fault_family(const char *program)
{
	for (size_t i = 0; i < fault_family_count; i++)
		if (!strcmp(fault_families[i].program, program))
			return &fault_families[i];
	fail_msg("there is no %s", program);
	return NULL;
}

void fault_start(void **state)
{
	(void)state;
	group_make(group, NULL, "faults");
	net_enter();
	net_set_up("lo");
	filtered = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_true(filtered >= 0);
}

void fault_stop(void **state)
{
	(void)state;
	close(filtered);
	group_remove(group);
}

static int run(const struct fault_family *family, struct skep_object *object, int (*fault)(void),
	       enum fault_when when, struct fault_result *result)
{
	struct skep_link *link = NULL;
	int status = when == FAULT_BEFORE_LOAD ? fault() : 0;

	if (status)
		return status;
	result->step = FAULT_LOADING;
	result->err = skep_object_load(object);
	if (!result->err) {
		status = when == FAULT_BEFORE_ATTACH ? fault() : 0;
		if (status)
			return status;
		result->step = FAULT_ATTACHING;
		result->err = family->attach(&link, skep_object_program(object, family->program));
	}
	if (!result->err)
		result->step = FAULT_DONE;
	skep_link_free(link);
	return 0;
}

static void copy(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ? text : "");
}

static void report(const struct fault_family *family, enum fault_when when,
		   struct fault_result *result)
{
	const struct skep_finding *finding;

	if (result->err) {
		copy(result->message, sizeof(result->message), skep_error_last()->message);
		copy(result->hint, sizeof(result->hint), skep_error_last()->hint);
	}
	if (when != FAULT_BEFORE_LOAD)
		return;
	skep_kernel_forget();
	finding = skep_kernel_finding(family->ability);
	result->answer = finding->answer;
	copy(result->why, sizeof(result->why), finding->why);
	copy(result->remedy, sizeof(result->remedy), finding->remedy);
}

static void check_words(const char *family, const char *text)
{
	if (strchr(text, '\n') || strstr(text, "ulimit -l") || strstr(text, "emlock"))
		fail_msg("%s: '%s'", family, text);
}

struct fault_result fault_try(const struct fault_family *family, int (*fault)(void),
			      enum fault_when when)
{
	struct fault_result result = { .step = FAULT_LOADING };
	struct skep_object *object;
	int pipes[2], status, ended;
	pid_t child;

	require_root();
	assert_int_equal(pipe(pipes), 0);
	object = fault_open(family);
	fflush(stdout);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		status = run(family, object, fault, when, &result);
		report(family, when, &result);
		_exit(write(pipes[1], &result, sizeof(result)) == sizeof(result) ? status : 99);
	}
	close(pipes[1]);
	status = read(pipes[0], &result, sizeof(result)) == sizeof(result) ? 0 : -1;
	close(pipes[0]);
	skep_object_free(object);
	assert_int_equal(waitpid(child, &ended, 0), child);
	if (status || ended)
		fail_msg("%s: the child ended with %#x", family->program, (unsigned int)ended);
	printf("# %-15s %4d %s [%s]\n", family->program, result.err, result.message, result.hint);
	if (result.why[0])
		printf("# %-15s doctor: %s [%s]\n", "", result.why, result.remedy);
	if (result.err && !result.message[0])
		fail_msg("%s: no words", family->program);
	check_words(family->program, result.message);
	check_words(family->program, result.hint);
	check_words(family->program, result.why);
	check_words(family->program, result.remedy);
	return result;
}

void fault_expect(const struct fault_family *family, const struct fault_result *result, int code,
		  const char *says, const char *hints)
{
	if (result->err != -code || !strstr(result->message, says) ||
	    (hints && !strstr(result->hint, hints)))
		fail_msg("%s: not %d, '%s', '%s', but %d: %s [%s]", family->program, -code, says,
			 hints ? hints : "", result->err, result->message, result->hint);
}

void fault_expect_doctor(const struct fault_family *family, const struct fault_result *result,
			 const char *says)
{
	if (result->answer == SKEP_YES || !strstr(result->why, says))
		fail_msg("%s: doctor does not say '%s', but %s", family->program, says,
			 result->why[0] ? result->why : "yes");
}

int fault_keep_capabilities(unsigned int count, const int *kept)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };

	for (unsigned int i = 0; i < count; i++) {
		data[kept[i] / 32].effective |= 1U << kept[i] % 32;
		data[kept[i] / 32].permitted |= 1U << kept[i] % 32;
	}
	return syscall(SYS_capset, &header, data) ? 90 : 0;
}

int fault_hide(const char *path)
{
	struct stat st;

	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return 91;
	if (stat(path, &st))
		return 0;
	if (S_ISDIR(st.st_mode) ? mount("none", path, "tmpfs", 0, NULL)
				: mount("/dev/null", path, NULL, MS_BIND, NULL))
		return 92;
	return 0;
}

int fault_filter(long call, int code)
{
	struct sock_filter code_of[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)call, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned int)code),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { 4, code_of };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0))
		return 93;
	return 0;
}
