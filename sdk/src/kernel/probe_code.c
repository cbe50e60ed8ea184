/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Instructions, kinds of BTF, and tokens: each is one small load. */
#include "probe_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define MEMSX        0x80 /* loads with sign, of v4 */
#define JCOND        0xe0 /* may_goto */
#define LOAD_ACQUIRE 0x100
#define TOKEN_CREATE 36   /* a command of bpf() */
#define LARGE        5000 /* instructions: until 5.2 there could be 4096 */

#define BODY(...)                                                                                  \
	{                                                                                          \
		__VA_ARGS__                                                                        \
	}
#define INSN(...)       ((struct bpf_insn)BODY(__VA_ARGS__))
#define MOV(reg, value) INSN(.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (reg), .imm = (value))
#define RETURN          INSN(.code = BPF_JMP | BPF_EXIT)

/* Where the plainest program loads and this one does not, it is for what it tries. */
static struct skep_probed try_code(const struct bpf_insn *insns, size_t count)
{
	static const struct skep_trivial plain = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER };
	/* Without a log: nobody reads it, and one too small would be the refusal. */
	int code = skep_probe_load(&plain, insns, count, NULL, 0);

	if (!code)
		return SKEP_PROBED(SKEP_YES, 0);
	/* Too large is what a kernel says that cannot take so many. */
	if (code == EPERM || (skep_probe_is_passing(code) && !(code == E2BIG && count > 4096)))
		return SKEP_PROBED(SKEP_UNKNOWN, code);
	return SKEP_PROBED(SKEP_NO, code);
}

/* Each is between `r0 = 8; r1 = r10; r2 = 2` and `r0 = 0; exit`. */
static const struct {
	struct bpf_insn insns[3];
} bodies[] = {
	{ { { 0 } } }, /* v1 is what every kernel has */
	{ { BODY(.code = BPF_JMP | BPF_JLT | BPF_K, .dst_reg = 0, .imm = 3) } },
	{ { BODY(.code = BPF_JMP32 | BPF_JEQ | BPF_K, .dst_reg = 0, .imm = 3) } },
	{ { BODY(.code = BPF_ALU64 | BPF_DIV | BPF_X, .dst_reg = 0, .src_reg = 2, .off = 1) } },
	{ { BODY(.code = BPF_ALU64 | BPF_DIV | BPF_X, .dst_reg = 0, .src_reg = 2, .off = 1) } },
	{ { BODY(.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 0, .src_reg = 2, .off = 8) } },
	{ { BODY(.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 10, .off = -8, .imm = 5),
	    BODY(.code = BPF_LDX | MEMSX | BPF_B, .dst_reg = 0, .src_reg = 10, .off = -8) } },
	{ { BODY(.code = BPF_ALU64 | BPF_END, .dst_reg = 0, .imm = 16) } },
	/* Over something that is reached otherwise: what never is, is refused. */
	{ { BODY(.code = BPF_JMP | BPF_JEQ | BPF_K, .dst_reg = 0, .off = 1, .imm = 3),
	    BODY(.code = BPF_JMP32 | BPF_JA, .imm = 1),
	    BODY(.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1) } },
	{ { BODY(.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 10, .off = -8, .imm = 5),
	    BODY(.code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = 10, .src_reg = 2, .off = -8,
		 .imm = BPF_ADD | BPF_FETCH) } },
	{ { BODY(.code = BPF_JMP | JCOND, .off = 1),
	    BODY(.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 1) } },
	{ { BODY(.code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = 10, .off = -8, .imm = 5),
	    BODY(.code = BPF_STX | BPF_ATOMIC | BPF_DW, .dst_reg = 0, .src_reg = 10, .off = -8,
		 .imm = LOAD_ACQUIRE) } },
};

static struct skep_probed try_insn(size_t index)
{
	struct bpf_insn insns[8] = { MOV(0, 8), MOV(2, 2) };
	size_t count = 2;

	for (size_t i = 0; i < COUNT(bodies[index].insns); i++)
		if (bodies[index].insns[i].code)
			insns[count++] = bodies[index].insns[i];
	insns[count++] = MOV(0, 0);
	insns[count++] = RETURN;
	return try_code(insns, count);
}

/* r0 = 0; again: r0 += 1; if r0 < 8 goto again; exit */
static struct skep_probed try_loop(size_t index)
{
	const struct bpf_insn insns[] = {
		MOV(0, 0),
		INSN(.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = 0, .imm = 1),
		INSN(.code = BPF_JMP | BPF_JSLT | BPF_K, .dst_reg = 0, .off = -2, .imm = 8),
		MOV(0, 0),
		RETURN,
	};

	(void)index;
	return try_code(insns, COUNT(insns));
}

static struct skep_probed try_large(size_t index)
{
	static struct bpf_insn insns[LARGE]; /* only ever written the same */

	(void)index;
	for (size_t i = 0; i < LARGE - 1; i++)
		insns[i] = MOV(0, 0);
	insns[LARGE - 1] = RETURN;
	return try_code(insns, LARGE);
}

/* mcpu=vN is what clang calls the sets; the others by what the instruction does. */
const struct skep_probe_item *skep_probe_insns(size_t *count)
{
	static const struct skep_probe_item items[] = {
		{ "mcpu=v1", NULL, try_insn },       { "mcpu=v2", NULL, try_insn },
		{ "mcpu=v3", NULL, try_insn },       { "mcpu=v4", NULL, try_insn },
		{ "insn=sdiv", NULL, try_insn },     { "insn=movsx", NULL, try_insn },
		{ "insn=ldsx", NULL, try_insn },     { "insn=bswap", NULL, try_insn },
		{ "insn=gotol", NULL, try_insn },    { "insn=atomic", NULL, try_insn },
		{ "insn=may_goto", NULL, try_insn }, { "insn=load_acquire", NULL, try_insn },
		{ "bounded loops", NULL, try_loop }, { "large programs", NULL, try_large },
	};

	*count = COUNT(items);
	return items;
}

static int add_func(struct btf *btf)
{
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int proto = btf__add_func_proto(btf, integer);

	return btf__add_func(btf, "f", BTF_FUNC_STATIC, proto);
}

static int add_global_func(struct btf *btf)
{
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int proto = btf__add_func_proto(btf, integer);

	return btf__add_func(btf, "f", BTF_FUNC_GLOBAL, proto);
}

static int add_datasec(struct btf *btf)
{
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int variable = btf__add_var(btf, "v", BTF_VAR_STATIC, integer);

	btf__add_datasec(btf, ".bss", 4);
	return btf__add_datasec_var_info(btf, variable, 0, 4);
}

static int add_float(struct btf *btf)
{
	return btf__add_float(btf, "double", 8);
}

static int add_decl_tag(struct btf *btf)
{
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int variable = btf__add_var(btf, "v", BTF_VAR_STATIC, integer);

	return btf__add_decl_tag(btf, "tag", variable, -1);
}

static int add_type_tag(struct btf *btf)
{
	int integer = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	int tag = btf__add_type_tag(btf, "tag", integer);

	return btf__add_ptr(btf, tag);
}

static int add_enum64(struct btf *btf)
{
	btf__add_enum64(btf, "e", 8, false);
	return btf__add_enum64_value(btf, "big", 1ULL << 40);
}

static int (*const makers[])(struct btf *btf) = { add_func,  add_global_func, add_datasec,
						  add_float, add_decl_tag,    add_type_tag,
						  add_enum64 };

static struct skep_probed try_btf(size_t index)
{
	struct btf *btf = btf__new_empty();
	const void *raw;
	__u32 size;
	int fd;

	if (!btf || makers[index](btf) < 0 || !(raw = btf__raw_data(btf, &size))) {
		btf__free(btf);
		return SKEP_PROBED(SKEP_UNKNOWN, ENOMEM);
	}
	fd = bpf_btf_load(raw, size, NULL);
	btf__free(btf);
	if (fd >= 0) {
		close(fd);
		return SKEP_PROBED(SKEP_YES, 0);
	}
	return fd == -EPERM || skep_probe_is_passing(-fd) ? SKEP_PROBED(SKEP_UNKNOWN, -fd)
							  : SKEP_PROBED(SKEP_NO, -fd);
}

const struct skep_probe_item *skep_probe_btf_kinds(size_t *count)
{
	static const struct skep_probe_item items[COUNT(makers)] = {
		{ "BTF_KIND_FUNC", NULL, try_btf },     { "BTF_FUNC_GLOBAL", NULL, try_btf },
		{ "BTF_KIND_DATASEC", NULL, try_btf },  { "BTF_KIND_FLOAT", NULL, try_btf },
		{ "BTF_KIND_DECL_TAG", NULL, try_btf }, { "BTF_KIND_TYPE_TAG", NULL, try_btf },
		{ "BTF_KIND_ENUM64", NULL, try_btf },
	};

	*count = COUNT(items);
	return items;
}

/* For a BPF file system that is not there: EBADF is the kernel's yes. */
struct skep_probed skep_probe_token(void)
{
	union bpf_attr attr;
	__u32 folder = (__u32)-1;
	int code = 0;
	long fd;

	memset(&attr, 0, sizeof(attr));
	memcpy((char *)&attr + sizeof(__u32), &folder, sizeof(folder)); /* flags, bpffs_fd */
	fd = syscall(SYS_bpf, TOKEN_CREATE, &attr, 8);
	if (fd < 0)
		code = errno;
	else
		close((int)fd);
	if (code == EPERM)
		return SKEP_PROBED(SKEP_UNKNOWN, code);
	return code == EINVAL ? SKEP_PROBED(SKEP_NO, code) : SKEP_PROBED(SKEP_YES, 0);
}
