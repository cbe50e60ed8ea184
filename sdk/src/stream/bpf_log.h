/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How messages of BPF programs become text. Public side: <skep/bpf_log.h>. */
#ifndef SKEP_STREAM_BPF_LOG_H
#define SKEP_STREAM_BPF_LOG_H

#include <sys/types.h>

#include <skep/bpf_log.h>
#include <skep/types/log.h>

struct btf;
struct btf_type;
struct skep_ring;

#define SKEP_BPF_LOG_RING "skep_log"

#define SKEP_BPF_LOG_MOST (16 * 1024) /* bytes of a message's text, with its NUL */
#define SKEP_BPF_LOG_ARGS 12

/* --- bpf_log_text.c: a message's text, as far as there is room --- */

struct skep_bpf_log_text {
	size_t used;
	bool cut;
	char buf[SKEP_BPF_LOG_MOST];
};

/* How a conversion wants its field. */
struct skep_bpf_log_field {
	bool left, zero, plus, space, alternate;
	int width;     /* 0: as wide as it gets */
	int precision; /* -1: none was given */
};

void skep_bpf_log_begin(struct skep_bpf_log_text *text);
void skep_bpf_log_add(struct skep_bpf_log_text *text, const char *letters, size_t count);
void skep_bpf_log_addf(struct skep_bpf_log_text *text, const char *format, ...) SKEP_PRINTF(2, 3);

/* Letters of somebody else's: those that move a cursor or end a line are escaped. */
void skep_bpf_log_add_foreign(struct skep_bpf_log_text *text, const char *letters, size_t count);

/* Makes what was added since `from` as wide as the field wants it. */
void skep_bpf_log_pad(struct skep_bpf_log_text *text, size_t from,
		      const struct skep_bpf_log_field *field);

/* Ends the text: without newlines at its end, with "..." where it was cut. */
const char *skep_bpf_log_finish(struct skep_bpf_log_text *text);

/* --- bpf_log_sites.c: what an object's BTF tells of its messages --- */

enum skep_bpf_log_kind {
	ARG_SIGNED,
	ARG_UNSIGNED,
	ARG_POINTER,
	ARG_LETTERS, /* an array of char: a text up to its NUL */
	ARG_BYTES,   /* any other array */
	ARG_TEXT,    /* of skep_str(): a length, and letters */
	ARG_VALUE,   /* a struct or union, by BTF */
	ARG_OTHER,   /* nothing that a format can show */
};

struct skep_bpf_log_arg {
	enum skep_bpf_log_kind kind;
	uint32_t type_id; /* without typedefs; of skep_enum() the value's own */
	uint32_t offset;  /* in the record */
	uint32_t bytes;
	bool is_enum;
};

struct skep_bpf_log_site {
	uint32_t id; /* its struct in the object's BTF */
	uint32_t bytes;
	enum skep_log_level level;
	unsigned int line;
	const char *file; /* not ended: file_length */
	int file_length;
	const char *format;
	uint32_t arg_count;
	struct skep_bpf_log_arg args[SKEP_BPF_LOG_ARGS];
	bool has_count;
	uint32_t count_offset; /* of its struct skep_log_count in `.data.skep` */
	uint64_t told;         /* of those that were suppressed */
};

struct skep_bpf_log_sites {
	struct btf *btf;               /* owned */
	struct skep_bpf_log_site *all; /* by id */
	size_t count;
	uint32_t control_offset; /* of struct skep_log_control in `.data.skep` */
};

/* Takes what there is from a copy of `btf`; -EBADMSG or -ENOMEM in words, for object `name`. */
int skep_bpf_log_sites_read(struct skep_bpf_log_sites *sites, const struct btf *btf,
			    const char *name);
void skep_bpf_log_sites_free(struct skep_bpf_log_sites *sites);
struct skep_bpf_log_site *skep_bpf_log_sites_find(const struct skep_bpf_log_sites *sites,
						  uint32_t id);

/* Where a variable of `.data.skep` is, which has `bytes` bytes at least; false: there is none. */
bool skep_bpf_log_find_var(const struct btf *btf, const char *name, size_t bytes, uint32_t *offset);

/* The type behind typedefs and the like; NULL where there is none. */
const struct btf_type *skep_bpf_log_resolve(const struct btf *btf, uint32_t *id);

/* --- bpf_log_format.c --- */

/* The text of a record of this site, which has at least the site's bytes. */
void skep_bpf_log_format(struct skep_bpf_log_text *text, const struct btf *btf,
			 const struct skep_bpf_log_site *site, const void *record);

/* --- bpf_log_value.c --- */

/* %s of an argument. */
void skep_bpf_log_add_string(struct skep_bpf_log_text *text, const struct btf *btf,
			     const struct skep_bpf_log_arg *arg, const unsigned char *data,
			     int precision);

/* --- bpf_log_address.c --- */

/*
 * What follows "%p" in the format: `suffix` points there. Adds the argument in that way, and returns
 * how many letters of the suffix belong to it.
 */
size_t skep_bpf_log_add_pointer(struct skep_bpf_log_text *text, const struct skep_bpf_log_arg *arg,
				const unsigned char *data, const char *suffix,
				struct skep_bpf_log_field *field);

/* --- bpf_log.c --- */

struct skep_bpf_log {
	struct skep_ring *ring;
	struct skep_bpf_log_sites sites;
	struct skep_log_control *control; /* in `section` */
	unsigned char *section;           /* the program's variables, shared with it */
	size_t section_bytes;
	pid_t owner;
	skep_bpf_log_fn fn;
	void *ctx;
	bool busy; /* in its own callback */
	uint64_t delivered, bad, told_dropped, told_ns;
	char object[64];
	struct skep_bpf_log_text text;
};

/* Delivers one record. */
void skep_bpf_log_take(struct skep_bpf_log *log, const void *record, size_t bytes);

/* Calls who listens. */
void skep_bpf_log_deliver(struct skep_bpf_log *log, struct skep_bpf_message *message);

struct skep_ring *skep_bpf_log_ring(const struct skep_bpf_log *log);

/* --- bpf_log_lost.c --- */

/* What was lost before is not told: it was somebody else's. */
void skep_bpf_log_start_counting(struct skep_bpf_log *log);

/* Delivers what was lost: when that was not done within the last second, or now. */
void skep_bpf_log_tell(struct skep_bpf_log *log);
void skep_bpf_log_tell_all(struct skep_bpf_log *log);

/* A record that is none of the object's. */
void skep_bpf_log_tell_bad(struct skep_bpf_log *log, const struct skep_log_head *head,
			   size_t bytes);

uint64_t skep_bpf_log_dropped(const struct skep_bpf_log *log);
uint64_t skep_bpf_log_suppressed(const struct skep_bpf_log *log,
				 const struct skep_bpf_log_site *site);

/* The name of the site's file. */
#define SKEP_BPF_LOG_FILE 256
const char *skep_bpf_log_file(const struct skep_bpf_log_site *site, char file[SKEP_BPF_LOG_FILE]);

#endif
