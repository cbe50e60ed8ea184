/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Instructions of a chain: its head, and what stands around each program. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/bpf.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "base/cleanup.h"
#include "base/fail.h"
#include "object/object.h"
#include "xdp_chain.h"

#define LOG_BYTES (64u << 10)

#define INSN(c, d, s, o, i)                                                                        \
	((struct bpf_insn){                                                                        \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (int32_t)(i) })
#define MOVE(d, s)   INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOVE32(d, s) INSN(BPF_ALU | BPF_MOV | BPF_X, d, s, 0, 0)
#define SET(d, i)    INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define CALL(i)      INSN(BPF_JMP | BPF_CALL, 0, 0, 0, i)
#define EXIT         INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define ADDRESS(d, kind, fd, offset)                                                               \
	INSN(BPF_LD | BPF_DW | BPF_IMM, d, kind, 0, fd), INSN(0, 0, 0, 0, offset)

/* The tail call to what stands behind `slot`; r1 is the context. Goes on where there is nothing. */
#define GO_ON(maps, slot)                                                                          \
	ADDRESS(BPF_REG_2, BPF_PSEUDO_MAP_FD, (maps)->programs, 0),                                \
		ADDRESS(BPF_REG_3, BPF_PSEUDO_MAP_VALUE, (maps)->order,                            \
			(slot) * sizeof(uint32_t)),                                                \
		INSN(BPF_LDX | BPF_MEM | BPF_W, BPF_REG_3, BPF_REG_3, 0, 0),                       \
		CALL(BPF_FUNC_tail_call)

static int refuse(int err, const char *name, const struct bpf_insn *insns, size_t count,
		  struct bpf_prog_load_opts *opts, const char *license)
{
	char *log = malloc(LOG_BYTES);
	int fd;

	if (log) {
		log[0] = '\0';
		opts->log_buf = log;
		opts->log_size = LOG_BYTES;
		opts->log_level = 1;
		fd = bpf_prog_load(BPF_PROG_TYPE_XDP, name, license, insns, count, opts);
		if (fd >= 0)
			close(fd);
	}
	if (err == -EPERM)
		err = skep_fail_hint(
			skep_fail(err, "cannot load '%s' for a chain: no privilege", name),
			"run it with sudo, or grant cap_bpf and cap_net_admin");
	else
		err = skep_fail_hint(skep_fail(err == -EINVAL ? EACCES : err,
					       "the kernel does not take '%s' in a chain: %s", name,
					       strerror(-err)),
				     "a chain needs the JIT, at most 480 bytes of stack, and no "
				     "callbacks or kfuncs of modules; the log tells more");
	return skep_fail_log(err, log);
}

static int load(const char *name, const struct bpf_insn *insns, size_t count, uint32_t flags,
		bool is_gpl)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = flags, .expected_attach_type = BPF_XDP);
	const char *license = is_gpl ? "GPL" : "Proprietary";
	int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, name, license, insns, count, &opts);

	return fd < 0 ? refuse(fd, name, insns, count, &opts, license) : fd;
}

int skep_xdp_chain_head(const struct skep_xdp_maps *maps, bool frags)
{
	const struct bpf_insn insns[] = {
		GO_ON(maps, CHAIN_HEAD),
		SET(BPF_REG_0, XDP_PASS),
		EXIT,
	};

	return load("skep_chain", insns, sizeof(insns) / sizeof(insns[0]),
		    frags ? BPF_F_XDP_HAS_FRAGS : 0, true);
}

int skep_xdp_chain_wrap(const struct skep_xdp_maps *maps, const struct skep_program *program,
			uint32_t slot, uint32_t continue_on)
{
	const struct bpf_insn around[] = {
		MOVE(BPF_REG_6, BPF_REG_1),
		INSN(BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, 15), /* to what is behind this */
		MOVE32(BPF_REG_7, BPF_REG_0),
		INSN(BPF_JMP | BPF_JGT | BPF_K, BPF_REG_7, 0, 11, 31),
		SET(BPF_REG_1, 1),
		INSN(BPF_ALU64 | BPF_LSH | BPF_X, BPF_REG_1, BPF_REG_7, 0, 0),
		INSN(BPF_ALU64 | BPF_AND | BPF_K, BPF_REG_1, 0, 0, continue_on),
		INSN(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_1, 0, 7, 0),
		MOVE(BPF_REG_1, BPF_REG_6),
		GO_ON(maps, slot),
		MOVE(BPF_REG_0, BPF_REG_7),
		EXIT,
	};
	const size_t before = sizeof(around) / sizeof(around[0]);
	size_t count = bpf_program__insn_cnt(program->prog);
	AUTO_FREE struct bpf_insn *insns = calloc(before + count, sizeof(*insns));
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);
	int err;

	if (!insns)
		return skep_fail(ENOMEM, "no memory for '%s' in a chain",
				 skep_program_name(program));
	err = bpf_obj_get_info_by_fd(skep_program_fd(program), &info, &bytes);
	if (err)
		return skep_fail(err, "cannot look at program '%s': %s", skep_program_name(program),
				 strerror(-err));
	memcpy(insns, around, sizeof(around));
	memcpy(insns + before, bpf_program__insns(program->prog), count * sizeof(*insns));
	return load(info.name, insns, before + count, bpf_program__flags(program->prog),
		    info.gpl_compatible);
}
