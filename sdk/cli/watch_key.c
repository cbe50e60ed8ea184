/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What makes a refused program, map or BTF the same as another, whichever fds it has. */
#include "watch_parts.h"

#include <string.h>

/* FNV-1a */
static uint64_t mix(uint64_t key, const void *data, size_t bytes)
{
	const unsigned char *at = data;

	for (size_t i = 0; i < bytes; i++)
		key = (key ^ at[i]) * 0x100000001b3;
	return key;
}

static uint64_t begin(enum watch_cmd cmd)
{
	return mix(0xcbf29ce484222325, &cmd, sizeof(cmd));
}

/* A retry may have its maps under other numbers. */
static struct bpf_insn without_fds(const struct bpf_insn *insns, uint32_t i)
{
	struct bpf_insn insn = insns[i];

	if (insn.code != (BPF_LD | BPF_IMM | BPF_DW))
		return insn;
	if (insn.src_reg == WATCH_CONSTANT_MAP_FD || insn.src_reg == WATCH_CONSTANT_MAP_VALUE)
		insn.imm = 0;
	return insn;
}

uint64_t watch_program_key(const struct watch_prog_load *load, const struct bpf_insn *insns)
{
	uint64_t key = begin(WATCH_PROG_LOAD);

	key = mix(key, &load->prog_type, sizeof(load->prog_type));
	key = mix(key, load->prog_name, sizeof(load->prog_name));
	key = mix(key, &load->expected_attach_type, sizeof(load->expected_attach_type));
	key = mix(key, &load->attach_btf_id, sizeof(load->attach_btf_id));
	key = mix(key, &load->insn_cnt, sizeof(load->insn_cnt));
	for (uint32_t i = 0; insns && i < load->insn_cnt; i++) {
		struct bpf_insn insn = without_fds(insns, i);

		key = mix(key, &insn, sizeof(insn));
	}
	return key | 1;
}

/* A map is tried again without its BTF, or with other flags. */
uint64_t watch_map_key(const struct watch_map_create *map)
{
	uint64_t key = begin(WATCH_MAP_CREATE);

	key = mix(key, &map->map_type, sizeof(map->map_type));
	key = mix(key, &map->key_size, sizeof(map->key_size));
	key = mix(key, &map->value_size, sizeof(map->value_size));
	key = mix(key, map->map_name, strnlen(map->map_name, sizeof(map->map_name)));
	return key | 1;
}

uint64_t watch_btf_key(const struct watch_btf_load *load, const void *btf)
{
	return mix(begin(WATCH_BTF_LOAD), btf, btf ? load->btf_size : 0) | 1;
}
