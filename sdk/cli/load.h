/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* `skep load`: what became of each program of each object. */
#ifndef SKEP_CLI_LOAD_H
#define SKEP_CLI_LOAD_H

#include <skep/object.h>

#include <jansson.h>

#include "explain_show.h"

enum load_verdict {
	LOAD_LEFT_OUT, /* by --program */
	LOAD_UNTRIED,  /* the object as a whole was refused before it came to this one */
	LOAD_ACCEPTED,
	LOAD_REFUSED,
};

struct load_program {
	char *name, *section;
	bool ops; /* of a struct_ops */
	enum load_verdict verdict;
	bool by_verifier;     /* it was the verifier that refused it, and the log is explained */
	char *message, *hint; /* the library's, of a refused one; hint may be NULL */
	struct skep_explanation *explanation; /* of the refusal, or of the cost; may be NULL */
	/* What the kernel tells of one that it accepted; 0 where it does not tell. */
	uint64_t insns; /* verified */
	uint32_t xlated_bytes, jited_bytes;
};

/* The bytes of an object; none where they could not be read. */
struct load_image {
	unsigned char *data;
	size_t bytes;
};

struct load_object {
	const char *path;
	char name[64]; /* as libbpf has it */
	struct load_image image;
	bool needs_ops; /* it has a struct_ops map */
	bool failed;    /* as a whole: message says how */
	char *message, *hint;
	struct skep_explanation *explanation; /* of that, from libbpf's words; or NULL */
	struct load_program *programs;
	size_t count;
};

/* Where the verifier writes; the memory is taken as it is written. */
struct load_log {
	char *text; /* terminated */
	size_t room;
};

struct load {
	const char *what; /* "skep load" */
	struct show show;
	bool stats;
	bool measured;               /* costs are asked for, by --stats, --record or --gate */
	const char *record, *gate;   /* files; or NULL */
	double growth;               /* percent that the gate lets through */
	struct load_growth *growths; /* what the gate found */
	struct load_object *objects;
	size_t count;
	struct load_log first, second;
	struct skep_explanation *all; /* of all that was refused or measured: for one document */
};

/* load_try.c: which programs of an object the kernel takes. EXIT_OK, or EXIT_FAILED said why. */
int load_try(struct load *load, struct load_object *object);

/* Which programs of an object take part. */
struct load_choice {
	enum load_verdict verdict;
	const struct load_program *alone;   /* this one, whatever its verdict; or NULL */
	const struct load_program *company; /* this one too; or NULL */
};
bool load_takes(const struct load_choice *choice, const struct load_program *program);

/* load_image.c: 0, or -1 where the file cannot be read. */
int load_image_read(struct load_image *image, const char *path);
void load_image_free(struct load_image *image);
/* Whether a program, or a function that it calls, uses what is declared extern by this name. */
bool load_image_uses(const struct load_image *image, const char *program, const char *name);
/* load_rename.c: in BTF; by one character less at the front. Whether it was there. */
bool load_rename_extern(unsigned char *btf, size_t bytes, const char *name);
/*
 * The object, changed so that what only other programs need of the kernel may be missing; the
 * caller frees it. NULL: the object will do as it is.
 */
void *load_image_for(const struct load_object *object, const struct load_choice *choice);

/*
 * Opens the object again and loads this program alone, with a log of this level, into memory that
 * is emptied before. Whether it was loaded.
 */
bool load_alone(const struct load_object *object, const struct load_program *program,
		unsigned level, struct load_log *log);

/* load_log.c */
int load_log_make(struct load_log *log, size_t room);
void load_log_empty(struct load_log *log);
void load_log_free(struct load_log *log);
/* Whether it lacks its end: an older kernel keeps the beginning of what does not fit. */
bool load_log_is_cut(const struct load_log *log);

/*
 * Explains the refusal of a program from the log of level 1 in load->first, with more logs where
 * that does not tell all; or from libbpf's words, where there is no log.
 */
int load_explain(struct load *load, const struct load_object *object, struct load_program *program,
		 const char *words);

/* The same for an object that was refused as a whole, where libbpf's words are known ones. */
int load_explain_object(struct load *load, struct load_object *object, const char *words);

/* Measures an accepted program: what its verification cost, by line. */
int load_measure(struct load *load, const struct load_object *object, struct load_program *program);

/*
 * load_costs.c: costs as they are committed, a line for each program, kernel and compiler. Sorted, so
 * that a change of one program is a change of its lines.
 */
enum {
	COST_INSNS,
	COST_PEAK,
	COST_STATES,
	COST_STACK,
	COST_MEASURES
};

struct load_recorded {
	char *keys[5]; /* object, program, kernel, machine, compiler */
	uint64_t measures[COST_MEASURES];
};

struct load_records {
	struct load_recorded *rows;
	size_t count;
};

extern const char *const load_measure_names[COST_MEASURES];
/* All three return EXIT_OK, or EXIT_FAILED after saying why. A file that is not there has no rows. */
int load_records_read(struct load_records *records, const char *what, const char *path,
		      bool *found);
int load_records_of(struct load_records *records, const struct load *load);
void load_records_print(const struct load_records *records, FILE *out);
int load_records_write(struct load_records *records, const char *what, const char *path);
void load_records_free(struct load_records *records);
/* As strcmp(), of the first keys. */
int load_recorded_compare(const struct load_recorded *a, const struct load_recorded *b, int keys);

/* load_gate.c: what grew by more than it may. */
struct load_growth {
	struct load_records before, now;
	size_t compared, grown;
};
int load_gate_read(struct load *load); /* before the long work */
int load_gate(struct load *load);      /* compares; says nothing yet of what it found */
int load_gate_show(const struct load *load, FILE *out);
json_t *load_gate_json(const struct load *load);
void load_gate_free(struct load *load);
/* Takes what was measured into the file. */
int load_record(const struct load *load);

/* load_show.c: prints everything in the form that was asked for. An exit code. */
int load_show(const struct load *load);

/* load_cost.c: costs as text, with what a loaded program itself tells, where there is one. */
struct load_cost_row {
	const struct skep_cost *cost;
	uint32_t xlated_bytes, jited_bytes; /* 0: not known */
};
void load_costs_print(const struct load_cost_row *rows, size_t count, FILE *out);

/* All that an explanation has, below an empty line. */
void load_costs_show(const struct skep_explanation *explanation, FILE *out);

#endif
