/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the object tells about the program of a log: which line of C each instruction is of, its
 * function, and the maps. The bytes are not trusted: whatever is damaged is not there. Objects of
 * either byte order are read.
 *
 * A log counts the instructions of the program as the loader linked it: the function of the
 * program's section, and behind it each function that it calls, once. skep_code_layout is that.
 */
#ifndef SKEP_VERIFIER_OBJINFO_H
#define SKEP_VERIFIER_OBJINFO_H

#include <skep/base.h>

#include "verifier/text/arena.h"

#define SKEP_INSN_BYTES 8

/* Part of the file. */
struct skep_extent {
	uint64_t at, bytes;
};

struct skep_objinfo_section {
	const char *name;
	uint32_t type, link, info;
	bool code;
	struct skep_extent body;
};

struct skep_objinfo_symbol {
	const char *name;
	uint32_t section; /* 0: of no section here, as kfuncs are */
	uint8_t type;
	uint64_t value, bytes;
};

/* Places in code are a section and an instruction in it. */
struct skep_code {
	uint32_t section, insn;
};

struct skep_objinfo_function {
	struct skep_code at;
	uint32_t count; /* of instructions */
	const char *name;
};

struct skep_objinfo_reloc {
	struct skep_code at;
	uint32_t symbol;
};

struct skep_objinfo_line {
	struct skep_code at;
	uint32_t line, column;
	const char *file, *text;
};

struct skep_objinfo_map {
	const char *name;
	uint32_t type, key_bytes, value_bytes, entries; /* 0: not told */
	const char *value_type;                         /* as in C; or NULL */
};

/* `__exception_cb(handler)` on a program: libbpf puts the handler behind all others. */
struct skep_objinfo_handler {
	const char *program, *handler;
};

struct skep_layout_part {
	uint32_t at; /* in the linked program */
	const struct skep_objinfo_function *function;
};

struct skep_code_layout {
	const struct skep_objinfo_function *entry;
	struct skep_layout_part *parts;
	size_t count, room;
	uint32_t insns;
};

/* What is found out about the log under way. */
struct skep_objinfo_found {
	const struct skep_code_layout *layout; /* its program; NULL: none agrees with it */
	char note[512];                        /* why the object is of no use for it; or "" */
};

struct skep_objinfo {
	struct skep_arena arena;
	const char *label; /* what messages call the object */
	const unsigned char *data;
	size_t bytes;
	void *owned;  /* `data`, where it was read from a file */
	bool swapped; /* the file has the other byte order */
	struct skep_objinfo_section *sections;
	size_t section_count;
	struct skep_objinfo_symbol *symbols;
	size_t symbol_count;
	struct skep_objinfo_function *functions; /* by place; so are the next three */
	size_t function_count;
	struct skep_objinfo_reloc *relocs;
	size_t reloc_count;
	struct skep_objinfo_line *lines;
	size_t line_count;
	struct skep_code *changed; /* instructions that CO-RE rewrites when it loads */
	size_t changed_count;
	struct skep_objinfo_map *maps;
	size_t map_count;
	struct skep_objinfo_handler *handlers;
	size_t handler_count;
	struct skep_code_layout *layouts; /* of each program, as each loader links it */
	size_t layout_count;
	struct skep_objinfo_found *found;
};

/* An instruction, decoded. */
struct skep_bpf_insn {
	uint8_t code, dst, src;
	int16_t off;
	int32_t imm;
};

/* An instruction of the linked program. */
struct skep_spot {
	const struct skep_objinfo_function *function;
	const char *section;
	struct skep_code at;
};

/*
 * Reads an object: `data` must stay; or a file. 0, or the error is recorded: -EINVAL for what is no
 * BPF object, -E2BIG, -ENOMEM, and those of open(2).
 */
int skep_objinfo_open(struct skep_objinfo **out, const void *data, size_t bytes, const char *label);
int skep_objinfo_open_file(struct skep_objinfo **out, const char *path);
void skep_objinfo_free(struct skep_objinfo *o);

/*
 * Finds the program that a log is of, and writes the log as the newest kernels would have: with the
 * line of source, file and number before each instruction. NULL: nothing to add, or (-ENOMEM in
 * *err) no memory. The caller frees it.
 */
struct skep_request;
char *skep_objinfo_annotate(const struct skep_request *request, struct skep_span log, size_t *bytes,
			    int *err);
/* A source file as it is found from `source_dir` on; as the object has it where that is NULL. */
const char *skep_objinfo_source(const char *file, const char *source_dir);

/* Of the program found: false where the linked program has no such instruction. */
bool skep_objinfo_spot(const struct skep_objinfo *o, int64_t number, struct skep_spot *spot);
/* The line of an instruction; NULL where none is told. */
const struct skep_objinfo_line *skep_objinfo_line_at(const struct skep_objinfo *o,
						     const struct skep_spot *spot);
/* The function of that name, or the first use of a kernel's: false where there is none. */
bool skep_objinfo_find(const struct skep_objinfo *o, struct skep_span name, struct skep_spot *spot);
/* What an instruction is relocated against; NULL: nothing. */
const struct skep_objinfo_symbol *skep_objinfo_symbol_at(const struct skep_objinfo *o,
							 struct skep_code at);
/* A map of that name; NULL. */
const struct skep_objinfo_map *skep_objinfo_map_find(const struct skep_objinfo *o,
						     const char *name);

/* places.c: adds to a place what the object tells of an instruction, and the log does not. */
struct skep_case;
struct skep_place;
void skep_place_complete(const struct skep_case *c, int64_t insn, struct skep_place *place);

/* Between the parts. Reading beyond the file gives 0 and "". */
uint16_t skep_objinfo_u16(const struct skep_objinfo *o, uint64_t at);
uint32_t skep_objinfo_u32(const struct skep_objinfo *o, uint64_t at);
uint64_t skep_objinfo_u64(const struct skep_objinfo *o, uint64_t at);
const char *skep_objinfo_text(const struct skep_objinfo *o, struct skep_extent texts,
			      uint64_t offset);
const struct skep_objinfo_section *skep_objinfo_section(const struct skep_objinfo *o,
							const char *name);
bool skep_objinfo_insn(const struct skep_objinfo *o, struct skep_code at,
		       struct skep_bpf_insn *insn);
int skep_code_compare(struct skep_code a, struct skep_code b);
const struct skep_objinfo_function *skep_objinfo_function_at(const struct skep_objinfo *o,
							     struct skep_code at);

/* objinfo.c, _ext.c, _maps.c, _link.c: the tables. What is damaged is left out. */
void skep_objinfo_read_elf(struct skep_objinfo *o);
void skep_objinfo_read_ext(struct skep_objinfo *o);
void skep_objinfo_read_maps(struct skep_objinfo *o);
void skep_objinfo_link(struct skep_objinfo *o);
/* Where a call or a function's address leads; false: to none of this object's functions. */
bool skep_objinfo_callee(const struct skep_objinfo *o, struct skep_code at,
			 const struct skep_bpf_insn *insn,
			 const struct skep_objinfo_function **callee);
/* objinfo_match.c: sets what is found. 0 or -ENOMEM. */
int skep_objinfo_match(const struct skep_objinfo *o, struct skep_span log, const char *program);
/* objinfo_insn.c: whether a log's instruction is that of a program; UNSURE: cannot be compared. */
struct skep_insn;
enum skep_agreement {
	SKEP_DISAGREES,
	SKEP_UNSURE,
	SKEP_AGREES
};
enum skep_agreement skep_objinfo_agrees(const struct skep_objinfo *o,
					const struct skep_code_layout *layout,
					const struct skep_insn *printed);
bool skep_layout_spot(const struct skep_objinfo *o, const struct skep_code_layout *layout,
		      int64_t number, struct skep_spot *spot);

#endif
