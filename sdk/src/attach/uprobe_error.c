/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "uprobe.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include <skep/kernel.h>

#include "attach.h"
#include "base/fail.h"
#include "kernel/newer.h"
#include "object/object.h"

bool skep_uprobe_is_ret(const struct skep_program *program)
{
	return !strncmp(bpf_program__section_name(program->prog), "uret", 4);
}

bool skep_uprobe_is_session(const struct skep_program *program)
{
	return (int)bpf_program__expected_attach_type(program->prog) ==
	       SKEP_BPF_ATTACH_UPROBE_SESSION;
}

bool skep_uprobe_is_multi(const struct skep_program *program)
{
	return skep_uprobe_is_session(program) ||
	       (int)bpf_program__expected_attach_type(program->prog) ==
		       SKEP_BPF_ATTACH_UPROBE_MULTI;
}

int skep_uprobe_need(const struct skep_program *program)
{
	int err = skep_attach_need(program, BPF_PROG_TYPE_KPROBE, "uprobe");

	if (err || skep_uprobe_is_multi(program) ||
	    (int)bpf_program__expected_attach_type(program->prog) == 0)
		return err;
	return skep_fail_hint(skep_fail(EPROTOTYPE,
					"program '%s' (%s) was loaded for another kind "
					"of probe than a uprobe",
					bpf_program__name(program->prog),
					bpf_program__section_name(program->prog)),
			      "put it into SEC(\"uprobe\") or SEC(\"uprobe.multi\")");
}

static int refuse_kind(const struct skep_program *program, int err,
		       const struct skep_uprobe_place *place)
{
	bool session = skep_uprobe_is_session(program), ret = place->ret;
	const char *section = session ? "uprobe.session"
			      : skep_uprobe_is_multi(program)
				      ? ret ? "uretprobe.multi" : "uprobe.multi"
			      : ret ? "uretprobe"
				    : "uprobe";

	return skep_attach_refuse(program, err, section, NULL);
}

int skep_uprobe_refuse(const struct skep_program *program, int err,
		       const struct skep_uprobe_place *place, const char *what)
{
	const char *name = bpf_program__name(program->prog);

	switch (err) {
	case -EMFILE:
	case -ENFILE:
		return skep_attach_no_fds(-err, what);
	case -ENOMEM:
		return skep_fail(ENOMEM, "no memory to attach program '%s'", name);
	case -ESRCH:
		return skep_fail_hint(
			skep_fail(ESRCH, "process %d ended before the probe was there", place->pid),
			"attach while it runs");
	case -ENOENT: /* no PMU; the file itself is open */
		if (skep_uprobe_pmu() >= 0 || access("/sys/bus/event_source", F_OK))
			break;
		return skep_fail_hint(skep_fail(EOPNOTSUPP,
						"cannot attach program '%s': perf has no "
						"uprobes on this kernel",
						name),
				      "mount tracefs and set .fallback; or use Linux 4.17 or newer "
				      "with CONFIG_UPROBE_EVENTS");
	case -SKEP_KERNEL_ENOTSUPP:
	case -EILSEQ:
	case -EIO:
		return skep_fail_hint(skep_fail(EINVAL,
						"the kernel cannot put a probe on the "
						"instruction at 0x%llx of %s",
						(unsigned long long)place->offset, what),
				      "give the first byte of another instruction: `objdump -d` "
				      "shows them");
	default:
		break;
	}
	if (place->cookie && err == -EINVAL &&
	    skep_kernel_has("BPF_LINK_TYPE_PERF_EVENT") == SKEP_NO)
		return skep_fail_hint(skep_fail(EOPNOTSUPP,
						"cannot attach program '%s' with a "
						"cookie: this kernel has none",
						name),
				      "use Linux 5.15 or newer, or no cookie");
	return refuse_kind(program, err == -EACCES ? -EPERM : err, place); /* perf says EACCES */
}
