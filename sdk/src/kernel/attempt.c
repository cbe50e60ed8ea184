/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "attempt.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#define FILL(field)                                                                                \
	do {                                                                                       \
		va_list args;                                                                      \
		va_start(args, format);                                                            \
		vsnprintf(field, sizeof(field), format, args);                                     \
		va_end(args);                                                                      \
	} while (0)

void skep_kernel_attempt_yes(struct skep_attempt *attempt, const char *format, ...)
{
	attempt->answer = SKEP_YES;
	attempt->code = 0;
	FILL(attempt->detail);
}

void skep_kernel_attempt_no(struct skep_attempt *attempt, const char *format, ...)
{
	attempt->answer = SKEP_NO;
	FILL(attempt->why);
}

void skep_kernel_attempt_unknown(struct skep_attempt *attempt, const char *format, ...)
{
	attempt->answer = SKEP_UNKNOWN;
	FILL(attempt->why);
}

void skep_kernel_attempt_remedy(struct skep_attempt *attempt, const char *format, ...)
{
	FILL(attempt->remedy);
}

/* Errnos that tell something about this process or moment, not about the kernel. */
static bool is_passing(int code)
{
	return code == ENOMEM || code == EMFILE || code == ENFILE || code == EINTR ||
	       code == EAGAIN;
}

void skep_kernel_attempt_refused(struct skep_attempt *attempt, const struct skep_refusal *refusal)
{
	const char *what = refusal->request == SKEP_REQUEST_ATTACH ? "to attach it"
			   : refusal->request == SKEP_REQUEST_MAP  ? "such a map"
								   : "such a program";

	attempt->code = refusal->code;
	if (is_passing(refusal->code)) {
		skep_kernel_attempt_unknown(attempt, "could not be tried: %s",
					    strerror(refusal->code));
		return;
	}
	attempt->answer = SKEP_NO;
	if (!skep_kernel_reason(refusal, attempt->why, sizeof(attempt->why), attempt->remedy,
				sizeof(attempt->remedy)))
		skep_kernel_attempt_no(attempt, "the kernel refuses %s: %s", what,
				       strerror(refusal->code));
}

void skep_kernel_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

/* r0 = returns; exit */
int skep_kernel_trivial_load(const struct skep_trivial *trivial)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = trivial->returns },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts,
		    .expected_attach_type = (enum bpf_attach_type)trivial->attach_type,
		    .attach_btf_id = (__u32)trivial->btf_id,
		    .prog_flags = trivial->sleepable ? BPF_F_SLEEPABLE : 0);

	return bpf_prog_load((enum bpf_prog_type)trivial->prog_type, "skep_try", "GPL", insns,
			     sizeof(insns) / sizeof(insns[0]), &opts);
}

struct skep_refusal skep_kernel_trivial_refusal(const struct skep_trivial *trivial,
						enum skep_refused_request request, int err)
{
	struct skep_refusal refusal = SKEP_REFUSAL(request, err);

	refusal.prog_type = trivial->prog_type;
	refusal.attach_type = trivial->attach_type ? trivial->attach_type : -1;
	return refusal;
}
