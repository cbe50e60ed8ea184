/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Tells programs that only ask what the kernel can do. Loaders (libbpf, cilium/ebpf, aya, bpftrace,
 * BCC) load some at start, and bpftool thousands for `feature probe`: of a few instructions,
 * without BTF, mostly without a name. That the kernel refuses them is their purpose.
 */
#include "watch_parts.h"

#include <string.h>

#define TINY_INSNS 16

bool watch_is_probe_name(const char *name)
{
	static const char *const names[] = { "libbpf_", "aya_name_check", "feature_test" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);

		/* A name that ends with `_` is the beginning of several. */
		if (!strncmp(name, names[i], n) && (!name[n] || names[i][n - 1] == '_'))
			return true;
	}
	return false;
}

static bool is_move(const struct bpf_insn *insn)
{
	return insn->code == (BPF_ALU64 | BPF_MOV | BPF_K) && insn->dst_reg == BPF_REG_0 &&
	       (insn->imm == 0 || insn->imm == 1);
}

/* `r0 = 0; exit`: is there such a type, `call 160; exit`: such a helper, 4096 times `r0 = 1`. */
static bool asks_only(const struct bpf_insn *insns, uint32_t count)
{
	if (insns[count - 1].code != (BPF_JMP | BPF_EXIT))
		return false;
	if (count == 2 && insns[0].code == (BPF_JMP | BPF_CALL))
		return true;
	for (uint32_t i = 0; i + 1 < count; i++)
		if (!is_move(&insns[i]))
			return false;
	return count > 1;
}

/* bpftrace asks for these under the name of the function that it tries. */
static bool needs_target(uint32_t type)
{
	return type == BPF_PROG_TYPE_TRACING || type == BPF_PROG_TYPE_LSM ||
	       type == BPF_PROG_TYPE_EXT;
}

enum watch_look watch_look_at(const struct watch_prog_load *load, const struct bpf_insn *insns)
{
	char name[sizeof(load->prog_name) + 1] = "";

	memcpy(name, load->prog_name, sizeof(load->prog_name));
	if (load->func_info_cnt)
		return WATCH_REAL;
	if (!load->insn_cnt || (insns && asks_only(insns, load->insn_cnt)))
		return WATCH_PROBE;
	if (load->insn_cnt > TINY_INSNS)
		return WATCH_REAL;
	if (watch_is_probe_name(name))
		return WATCH_PROBE;
	return *name && !needs_target(load->prog_type) ? WATCH_REAL : WATCH_TINY;
}

bool watch_says_unsupported(const char *log)
{
	static const char *const words[] = {
		"unknown func",     "invalid func",    "unknown opcode",  "back-edge",
		"reserved field",   "not supported",   "unrecognized",    "cannot use helper",
		"is not allowed",   "attach_btf_id",   "not implemented", "misconfigured",
		"invalid BPF_LD_I", "reference btf_id"
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(log, words[i]))
			return true;
	return false;
}
