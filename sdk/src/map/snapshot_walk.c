/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A snapshot of a hash by a program: bpf_for_each_map_elem() walks the buckets, and a callback
 * copies each entry into two arrays, which are then mapped and become the snapshot. Nothing is
 * copied out of the kernel, and no bucket is locked. The program is made here, of as many moves as
 * key and value have words.
 */
#include "snapshot.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>

#include "base/cleanup.h"
#include "base/fail.h"

#define CHUNK      4096 /* entries of one element of the arrays */
#define MOST_WORDS 1024 /* bytes of a key or a value that are moved */
#define MOST_BYTES (512ull << 20)
#define FEWEST     8192 /* entries: less than that is sooner read than a program is loaded */
#define MOST_INSNS 1024

enum {
	COUNT_AT,
	FULL_AT = 8,
	CONTROL_BYTES = 16
};

struct code {
	struct bpf_insn insns[MOST_INSNS];
	int count;
};

static int emit(struct code *c, uint8_t op, uint8_t to, uint8_t from, int16_t offset, int32_t value)
{
	c->insns[c->count] = (struct bpf_insn){
		.code = op, .dst_reg = to & 15, .src_reg = from & 15, .off = offset, .imm = value
	};
	return c->count++;
}

static void emit_move(struct code *c, uint8_t to, uint8_t from)
{
	emit(c, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

static void emit_set(struct code *c, uint8_t to, int32_t value)
{
	emit(c, BPF_ALU64 | BPF_MOV | BPF_K, to, 0, 0, value);
}

/* A map, a byte of its only value, or a function. */
static int emit_address(struct code *c, uint8_t to, uint8_t what, int32_t value, int32_t offset)
{
	int at = emit(c, BPF_LD | BPF_IMM | BPF_DW, to, what, 0, value);

	emit(c, 0, 0, 0, 0, offset);
	return at;
}

/* Copies `bytes` from r`from` to r`to` by way of r1. */
static void emit_copy(struct code *c, uint8_t to, uint8_t from, uint32_t bytes)
{
	static const struct {
		uint32_t bytes;
		uint8_t size;
	} moves[] = { { 8, BPF_DW }, { 4, BPF_W }, { 2, BPF_H }, { 1, BPF_B } };
	uint32_t done = 0;

	for (size_t i = 0; i < 4; i++)
		for (; bytes - done >= moves[i].bytes; done += moves[i].bytes) {
			emit(c, BPF_LDX | BPF_MEM | moves[i].size, 1, from, (int16_t)done, 0);
			emit(c, BPF_STX | BPF_MEM | moves[i].size, to, 1, (int16_t)done, 0);
		}
}

/* r0 = the place of entry r9 in an array; returns the jump of where there is none. */
static int emit_place(struct code *c, int array, uint32_t bytes)
{
	int jump;

	emit_move(c, 2, 10);
	emit(c, BPF_ALU64 | BPF_ADD | BPF_K, 2, 0, 0, -4);
	emit_address(c, 1, BPF_PSEUDO_MAP_FD, array, 0);
	emit(c, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_map_lookup_elem);
	jump = emit(c, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0, 0);
	emit_move(c, 1, 9);
	emit(c, BPF_ALU64 | BPF_AND | BPF_K, 1, 0, 0, CHUNK - 1);
	emit(c, BPF_ALU64 | BPF_MUL | BPF_K, 1, 0, 0, (int32_t)bytes);
	emit(c, BPF_ALU64 | BPF_ADD | BPF_X, 0, 1, 0, 0);
	return jump;
}

/* What the program works on. */
struct walk {
	const struct skep_map *map;
	int keys, values, control; /* file descriptors of arrays */
};

static void emit_main(struct code *c, const struct walk *w)
{
	int callback;

	emit_address(c, 1, BPF_PSEUDO_MAP_FD, w->map->fd, 0);
	callback = emit_address(c, 2, BPF_PSEUDO_FUNC, 0, 0);
	emit_set(c, 3, 0);
	emit_set(c, 4, 0);
	emit(c, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_for_each_map_elem);
	emit_set(c, 0, 0);
	emit(c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	c->insns[callback].imm = c->count - callback - 1;
}

/* long callback(map, key, value, NULL): r6 key, r7 value, r8 control, r9 entries so far. */
static void emit_callback(struct code *c, const struct walk *w)
{
	int full[2];

	emit_move(c, 6, 2);
	emit_move(c, 7, 3);
	emit_address(c, 8, BPF_PSEUDO_MAP_VALUE, w->control, 0);
	emit(c, BPF_LDX | BPF_MEM | BPF_DW, 9, 8, COUNT_AT, 0);
	emit_move(c, 1, 9);
	emit(c, BPF_ALU64 | BPF_RSH | BPF_K, 1, 0, 0, 12); /* CHUNK */
	emit(c, BPF_STX | BPF_MEM | BPF_W, 10, 1, -4, 0);
	full[0] = emit_place(c, w->keys, w->map->key_bytes);
	emit_copy(c, 0, 6, w->map->key_bytes);
	full[1] = emit_place(c, w->values, w->map->value_bytes);
	emit_copy(c, 0, 7, w->map->value_bytes);
	emit(c, BPF_ALU64 | BPF_ADD | BPF_K, 9, 0, 0, 1);
	emit(c, BPF_STX | BPF_MEM | BPF_DW, 8, 9, COUNT_AT, 0);
	emit_set(c, 0, 0);
	emit(c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
	for (int i = 0; i < 2; i++)
		c->insns[full[i]].off = (int16_t)(c->count - full[i] - 1);
	emit(c, BPF_ST | BPF_MEM | BPF_DW, 8, 0, FULL_AT, 1);
	emit_set(c, 0, 1);
	emit(c, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* A callback needs BTF that says it is a static function. Returns a file descriptor or -errno. */
static int load_types(uint32_t *main_id, uint32_t *callback_id)
{
	struct btf *btf = btf__new_empty();
	int fd = -ENOMEM, number, proto, id;

	if (!btf)
		return -ENOMEM;
	number = btf__add_int(btf, "long", 8, BTF_INT_SIGNED);
	proto = btf__add_func_proto(btf, number);
	id = btf__add_func(btf, "walk", BTF_FUNC_GLOBAL, proto);
	*main_id = (uint32_t)id;
	id = btf__add_func(btf, "copy", BTF_FUNC_STATIC, proto);
	*callback_id = (uint32_t)id;
	if (number > 0 && proto > 0 && id > 0 && !btf__load_into_kernel(btf))
		fd = dup(btf__fd(btf));
	btf__free(btf);
	return fd;
}

static int load_program(const struct walk *w)
{
	struct code code = { .count = 0 };
	struct bpf_func_info functions[2] = { { 0 } };
	uint32_t main_id = 0, callback_id = 0;
	AUTO_CLOSE int types = load_types(&main_id, &callback_id);
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE,
		    .prog_btf_fd = (uint32_t)types, .func_info = functions, .func_info_cnt = 2,
		    .func_info_rec_size = sizeof(functions[0]));

	if (types < 0)
		return -EOPNOTSUPP;
	emit_main(&code, w);
	functions[0].type_id = main_id;
	functions[1].insn_off = (uint32_t)code.count;
	functions[1].type_id = callback_id;
	emit_callback(&code, w);
	return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "skep_walk", "Dual BSD/GPL", code.insns,
			     (size_t)code.count, &opts);
}

static int make_array(uint32_t bytes, uint32_t count)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_MMAPABLE);

	return bpf_map_create(BPF_MAP_TYPE_ARRAY, "skep_walk", 4, bytes, count, &opts);
}

/* Runs the program; 0 with how many entries it has copied. */
static int run(const struct walk *w, size_t *count)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	AUTO_CLOSE int program = load_program(w);
	uint64_t control[CONTROL_BYTES / 8] = { 0 };
	uint32_t first = 0;
	int err;

	if (program < 0)
		return program;
	err = bpf_prog_test_run_opts(program, &opts);
	if (!err)
		err = bpf_map_lookup_elem(w->control, &first, control);
	if (!err && control[FULL_AT / 8])
		err = -E2BIG;
	*count = control[COUNT_AT / 8];
	return err;
}

static int map_array(struct skep_snapshot *s, int which, int fd, size_t bytes)
{
	void *memory;

	bytes = (bytes + 4095) & ~(size_t)4095;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	s->mapped[which].memory = memory;
	s->mapped[which].bytes = bytes;
	return 0;
}

static void unmap(struct skep_snapshot *s)
{
	for (int i = 0; i < 2; i++) {
		if (s->mapped[i].memory)
			munmap(s->mapped[i].memory, s->mapped[i].bytes);
		s->mapped[i].memory = NULL;
	}
}

static bool can_walk(const struct skep_map *map, uint64_t chunks)
{
	uint64_t bytes = (uint64_t)map->key_bytes + map->value_bytes;

	return (map->type == BPF_MAP_TYPE_HASH || map->type == BPF_MAP_TYPE_LRU_HASH) &&
	       map->entries >= FEWEST && map->key_bytes <= MOST_WORDS &&
	       map->value_bytes <= MOST_WORDS && bytes * CHUNK * chunks <= MOST_BYTES;
}

int skep_snapshot_walk(struct skep_snapshot *s, const struct skep_map *map)
{
	SKEP_KEEP_ERROR;
	/* One chunk more: a key that is replaced is there twice for a moment. */
	uint32_t chunks = map->entries / CHUNK + 2;
	AUTO_CLOSE int keys = -1, values = -1, control = -1;
	int err;

	if (!can_walk(map, chunks))
		return -EOPNOTSUPP;
	keys = make_array(map->key_bytes * CHUNK, chunks);
	values = make_array(map->value_bytes * CHUNK, chunks);
	control = make_array(CONTROL_BYTES, 1);
	if (keys < 0 || values < 0 || control < 0)
		return -EOPNOTSUPP;
	err = run(&(struct walk){ map, keys, values, control }, &s->at.count);
	if (!err)
		err = map_array(s, 0, keys, (size_t)map->key_bytes * CHUNK * chunks);
	if (!err)
		err = map_array(s, 1, values, (size_t)map->value_bytes * CHUNK * chunks);
	if (err) {
		unmap(s);
		s->at.count = 0;
		return err;
	}
	s->at.keys = s->mapped[0].memory;
	s->at.values = s->mapped[1].memory;
	s->at.unlocked = true;
	return 0;
}
