/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "doctor.h"

#include <string.h>
#include <sys/utsname.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check_kernel(struct doctor_result *result)
{
	uint32_t version = skep_kernel_version();
	struct utsname name;

	if (!version || uname(&name)) {
		snprintf(result->why, sizeof(result->why), "uname tells no version");
		return;
	}
	result->answer = SKEP_YES;
	snprintf(result->detail, sizeof(result->detail), "Linux %u.%u.%u, %s (%s)", version >> 16,
		 version >> 8 & 255, version & 255, name.machine, name.release);
}

static void check_privilege(struct doctor_result *result)
{
	static const char *const wanted[] = { "cap_bpf", "cap_perfmon", "cap_net_admin" };
	bool all = skep_kernel_has_capability("cap_sys_admin") == SKEP_YES;
	char missing[96] = "";

	for (size_t i = 0; i < COUNT(wanted); i++) {
		enum skep_answer answer = skep_kernel_has_capability(wanted[i]);

		if (answer == SKEP_UNKNOWN) {
			snprintf(result->why, sizeof(result->why), "/proc tells no capabilities");
			return;
		}
		if (answer == SKEP_NO && (!all || i == 2))
			snprintf(missing + strlen(missing), sizeof(missing) - strlen(missing),
				 "%s%s", missing[0] ? "," : "", wanted[i]);
	}
	result->answer = missing[0] ? SKEP_NO : SKEP_YES;
	if (missing[0]) {
		snprintf(result->why, sizeof(result->why), "this process lacks %s", missing);
		snprintf(result->remedy, sizeof(result->remedy), "run it with sudo, or grant %s",
			 missing);
	} else {
		snprintf(result->detail, sizeof(result->detail),
			 "cap_bpf,cap_perfmon,"
			 "cap_net_admin");
	}
}

static void check_lockdown(struct doctor_result *result)
{
	const char *mode = skep_kernel_lockdown();

	if (!mode) {
		snprintf(result->why, sizeof(result->why), "securityfs is not mounted");
		snprintf(result->remedy, sizeof(result->remedy),
			 "mount -t securityfs securityfs /sys/kernel/security");
		return;
	}
	if (!strcmp(mode, "confidentiality")) {
		result->answer = SKEP_NO;
		snprintf(result->why, sizeof(result->why),
			 "confidentiality: programs may not "
			 "read the kernel's memory");
		return;
	}
	result->answer = SKEP_YES;
	snprintf(result->detail, sizeof(result->detail), "%s", mode);
}

/* `run` for facts, else an ability to try. */
static const struct check {
	const char *group;
	const char *name; /* of a fact */
	void (*run)(struct doctor_result *result);
	enum skep_ability ability;
} checks[] = {
	{ "basics", "kernel", check_kernel, 0 },
	{ "basics", "privilege", check_privilege, 0 },
	{ "basics", "lockdown", check_lockdown, 0 },
	{ "basics", NULL, NULL, SKEP_CAN_BPF },
	{ "basics", NULL, NULL, SKEP_CAN_BTF },
	{ "basics", NULL, NULL, SKEP_CAN_JIT },
	{ "basics", NULL, NULL, SKEP_CAN_RINGBUF },
	{ "basics", NULL, NULL, SKEP_CAN_MMAPABLE_ARRAY },
	{ "basics", NULL, NULL, SKEP_CAN_LINK },
	{ "hooks", NULL, NULL, SKEP_CAN_RAW_TRACEPOINT },
	{ "hooks", NULL, NULL, SKEP_CAN_BTF_TRACEPOINT },
	{ "hooks", NULL, NULL, SKEP_CAN_TRACEPOINT },
	{ "hooks", NULL, NULL, SKEP_CAN_KPROBE },
	{ "hooks", NULL, NULL, SKEP_CAN_KPROBE_MULTI },
	{ "hooks", NULL, NULL, SKEP_CAN_FENTRY },
	{ "hooks", NULL, NULL, SKEP_CAN_LSM },
	{ "hooks", NULL, NULL, SKEP_CAN_UPROBE },
	{ "hooks", NULL, NULL, SKEP_CAN_UPROBE_MULTI },
	{ "hooks", NULL, NULL, SKEP_CAN_PERF_EVENT },
	{ "hooks", NULL, NULL, SKEP_CAN_ITERATOR },
	{ "hooks", NULL, NULL, SKEP_CAN_XDP },
	{ "hooks", NULL, NULL, SKEP_CAN_TC },
	{ "hooks", NULL, NULL, SKEP_CAN_TCX },
	{ "hooks", NULL, NULL, SKEP_CAN_NETKIT },
	{ "hooks", NULL, NULL, SKEP_CAN_NETFILTER },
	{ "hooks", NULL, NULL, SKEP_CAN_CGROUP },
	{ "hooks", NULL, NULL, SKEP_CAN_SK_LOOKUP },
	{ "hooks", NULL, NULL, SKEP_CAN_STRUCT_OPS },
	{ "hooks", NULL, NULL, SKEP_CAN_SCHED_EXT },
	{ "mounts", NULL, NULL, SKEP_CAN_TRACEFS },
	{ "mounts", NULL, NULL, SKEP_CAN_BPFFS },
	{ "mounts", NULL, NULL, SKEP_CAN_CGROUP2 },
	{ "mounts", NULL, NULL, SKEP_CAN_SECURITYFS },
	{ "tools", "clang", doctor_check_clang, 0 },
	{ "tools", "libbpf", doctor_check_libbpf, 0 },
	{ "tools", "bpftool", doctor_check_bpftool, 0 },
};

_Static_assert(COUNT(checks) <= DOCTOR_RESULTS_MAX, "DOCTOR_RESULTS_MAX is too small");

static void copy_finding(struct doctor_result *result, const struct skep_finding *finding)
{
	result->answer = finding->answer;
	result->code = finding->code;
	result->since = finding->since;
	snprintf(result->name, sizeof(result->name), "%s", finding->name);
	if (finding->detail)
		snprintf(result->detail, sizeof(result->detail), "%s", finding->detail);
	if (finding->why)
		snprintf(result->why, sizeof(result->why), "%s", finding->why);
	if (finding->remedy)
		snprintf(result->remedy, sizeof(result->remedy), "%s", finding->remedy);
}

size_t doctor_check_all(struct doctor_result *results)
{
	for (size_t i = 0; i < COUNT(checks); i++) {
		struct doctor_result *result = &results[i];

		memset(result, 0, sizeof(*result));
		result->group = checks[i].group;
		if (checks[i].run) {
			snprintf(result->name, sizeof(result->name), "%s", checks[i].name);
			checks[i].run(result);
		} else {
			copy_finding(result, skep_kernel_finding(checks[i].ability));
		}
	}
	return COUNT(checks);
}

bool doctor_is_fit(void)
{
	return skep_kernel_can(SKEP_CAN_BPF) == SKEP_YES &&
	       skep_kernel_can(SKEP_CAN_RAW_TRACEPOINT) == SKEP_YES &&
	       skep_kernel_can(SKEP_CAN_RINGBUF) == SKEP_YES;
}
