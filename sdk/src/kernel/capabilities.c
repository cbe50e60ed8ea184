/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the kernel lets this thread do. Capabilities are a thread's, not a process's. */
#include "facts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#define INITIAL_USER_NS 0xEFFFFFFDU /* PROC_USER_INIT_INO, part of the kernel's interface */

/* In the order of their numbers. */
static const char *const capabilities[] = {
	"cap_chown",
	"cap_dac_override",
	"cap_dac_read_search",
	"cap_fowner",
	"cap_fsetid",
	"cap_kill",
	"cap_setgid",
	"cap_setuid",
	"cap_setpcap",
	"cap_linux_immutable",
	"cap_net_bind_service",
	"cap_net_broadcast",
	"cap_net_admin",
	"cap_net_raw",
	"cap_ipc_lock",
	"cap_ipc_owner",
	"cap_sys_module",
	"cap_sys_rawio",
	"cap_sys_chroot",
	"cap_sys_ptrace",
	"cap_sys_pacct",
	"cap_sys_admin",
	"cap_sys_boot",
	"cap_sys_nice",
	"cap_sys_resource",
	"cap_sys_time",
	"cap_sys_tty_config",
	"cap_mknod",
	"cap_lease",
	"cap_audit_write",
	"cap_audit_control",
	"cap_setfcap",
	"cap_mac_override",
	"cap_mac_admin",
	"cap_syslog",
	"cap_wake_alarm",
	"cap_block_suspend",
	"cap_audit_read",
	"cap_perfmon",
	"cap_bpf",
	"cap_checkpoint_restore",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *skep_kernel_capability_name(unsigned int number)
{
	return number < COUNT(capabilities) ? capabilities[number] : NULL;
}

enum skep_answer skep_kernel_capability_in(uint64_t set, const char *capability)
{
	for (size_t i = 0; i < COUNT(capabilities); i++)
		if (!strcasecmp(capability, capabilities[i]))
			return set >> i & 1 ? SKEP_YES : SKEP_NO;
	return SKEP_UNKNOWN;
}

/* Lines are `CapEff:\t000001ff...`. */
int skep_kernel_status_number(const char *status, const char *field, int base, uint64_t *out)
{
	size_t length = strlen(field);

	for (const char *line = status; *line; line += *line == '\n') {
		if (!strncmp(line, field, length) && line[length] == ':') {
			const char *digits = line + length + 1;
			char *end;
			uint64_t value = strtoull(digits, &end, base);

			if (end == digits)
				return -EINVAL;
			*out = value;
			return 0;
		}
		line += strcspn(line, "\n");
	}
	return -ENOENT;
}

/* All but the user namespace, which is taken to be the first. */
static struct skep_kernel_process ask_without_proc(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };
	struct skep_kernel_process process = { .initial_user_ns = true };
	int mode = prctl(PR_GET_SECCOMP, 0, 0, 0, 0);

	process.known = !syscall(SYS_capget, &header, data);
	process.effective = (uint64_t)data[1].effective << 32 | data[0].effective;
	process.seccomp = mode > 0 ? (uint64_t)mode : 0;
	return process;
}

struct skep_kernel_process skep_kernel_process(void)
{
	struct skep_kernel_process process = { .initial_user_ns = true };
	char status[4096];
	struct stat ns;

	if (skep_kernel_read("/proc/thread-self/status", status, sizeof(status)))
		return ask_without_proc();
	process.known = !skep_kernel_status_number(status, "CapEff", 16, &process.effective);
	(void)skep_kernel_status_number(status, "Seccomp", 10, &process.seccomp);
	if (!stat("/proc/thread-self/ns/user", &ns))
		process.initial_user_ns = ns.st_ino == INITIAL_USER_NS;
	return process;
}

enum skep_answer skep_kernel_has_capability(const char *capability)
{
	struct skep_kernel_process process = skep_kernel_process();

	if (!process.known || !capability)
		return SKEP_UNKNOWN;
	return skep_kernel_capability_in(process.initial_user_ns ? process.effective : 0,
					 capability);
}
