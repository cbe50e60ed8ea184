/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The arguments of bpf(2) as the kernel lays them out: those of Linux 6.18, whatever headers this
 * is built with. What an older caller does not have is 0.
 */
#ifndef SKEP_CLI_WATCH_BPF_H
#define SKEP_CLI_WATCH_BPF_H

#include <stdint.h>

enum watch_cmd {
	WATCH_MAP_CREATE = 0,
	WATCH_PROG_LOAD = 5,
	WATCH_PROG_ATTACH = 8,
	WATCH_RAW_TRACEPOINT_OPEN = 17,
	WATCH_BTF_LOAD = 18,
	WATCH_LINK_CREATE = 28,
};

#define WATCH_FLAG_TOKEN (1u << 16) /* BPF_F_TOKEN_FD */

/* Of an instruction: what the first half of a 64-bit constant stands for. */
enum watch_constant {
	WATCH_CONSTANT_MAP_FD = 1,
	WATCH_CONSTANT_MAP_VALUE = 2,
	WATCH_CONSTANT_BTF_ID = 3, /* the second half: fd of a module's BTF, or 0 */
	WATCH_CONSTANT_MAP_INDEX = 5,
	WATCH_CONSTANT_MAP_INDEX_VALUE = 6,
};

#define WATCH_CALL_KFUNC 2 /* src_reg of such a call; `off`: index of the fd of its module's BTF */

struct watch_prog_load {
	uint32_t prog_type, insn_cnt;
	uint64_t insns, license;
	uint32_t log_level, log_size;
	uint64_t log_buf;
	uint32_t kern_version, prog_flags;
	char prog_name[16];
	uint32_t prog_ifindex, expected_attach_type, prog_btf_fd, func_info_rec_size;
	uint64_t func_info;
	uint32_t func_info_cnt, line_info_rec_size;
	uint64_t line_info;
	uint32_t line_info_cnt, attach_btf_id, attach_prog_fd, core_relo_cnt;
	uint64_t fd_array, core_relos;
	uint32_t core_relo_rec_size, log_true_size, prog_token_fd, fd_array_cnt;
	uint64_t signature;
	uint32_t signature_size, keyring_id;
};

struct watch_btf_load {
	uint64_t btf, btf_log_buf;
	uint32_t btf_size, btf_log_size, btf_log_level, btf_log_true_size, btf_flags, btf_token_fd;
};

struct watch_map_create {
	uint32_t map_type, key_size, value_size, max_entries, map_flags, inner_map_fd, numa_node;
	char map_name[16];
	uint32_t map_ifindex;
};

/* BPF_LINK_CREATE begins so; BPF_PROG_ATTACH has the first two the other way round. */
struct watch_link_create {
	uint32_t prog_fd, target_fd, attach_type, flags;
};

struct watch_raw_tracepoint_open {
	uint64_t name;
	uint32_t prog_fd;
};

union watch_attr {
	struct watch_prog_load prog;
	struct watch_btf_load btf;
	struct watch_map_create map;
	struct watch_link_create link;
	struct watch_raw_tracepoint_open raw;
	unsigned char bytes[256];
};

#endif
