/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_VERIFIER_H
#define SKEP_VERIFIER_H
/**
 * @file verifier.h
 * What the kernel's verifier refused, why, and what to write instead.
 *
 * Give it a log, of any kernel, loader and log level, and read the diagnostics:
 *
 * @code{.c}
 * SKEP_AUTO(skep_explanation) *explanation = NULL;
 *
 * if (skep_explain_file(&explanation, "refused.log", NULL))
 *         return skep_perror("refused.log");
 * for (size_t i = 0; i < skep_explanation_count(explanation); i++) {
 *         const struct skep_diagnostic *d = skep_explanation_diagnostic(explanation, i);
 *
 *         printf("%s line %u: %s\n", d->code, d->primary.line, d->message);
 * }
 * @endcode
 *
 * A log may hold several programs: each that was refused gives one diagnostic. No kernel is
 * asked, and nothing is loaded.
 *
 * Costs: a small log some ten microseconds, a large one the time to read it, and at most some
 * 30 MB of memory however large it is.
 */
#include <skep/base.h>

SKEP_BEGIN_DECLS

/** What became of the programs that a log is about. */
enum skep_verdict {
	SKEP_VERDICT_UNKNOWN,  /**< the log does not say, or is none */
	SKEP_VERDICT_ACCEPTED, /**< all were accepted */
	SKEP_VERDICT_REJECTED, /**< one at least was refused */
};

/** How sure a diagnostic is. */
enum skep_confidence {
	SKEP_CONFIDENCE_FALLBACK, /**< the kernel's message is not known */
	SKEP_CONFIDENCE_PATTERN,  /**< the message is known; the log does not show how it came */
	SKEP_CONFIDENCE_EXACT,    /**< the message and what led to it agree */
};

/** A place in a program. */
struct skep_place {
	int insn;             /**< number of the instruction; -1 when there is none */
	unsigned line;        /**< of `file`; 0 when the log does not tell */
	unsigned column;      /**< 0 when the log does not tell */
	const char *file;     /**< as the compiler was given it; NULL when the log does not tell */
	const char *text;     /**< the line of source; NULL when the log does not tell */
	const char *asm_text; /**< the instruction as the log has it; NULL when there is none */
	const char *function; /**< the C function, where an object told; NULL otherwise */
};

/** What made the refused line refused. */
struct skep_cause {
	struct skep_place place; /**< where it happened */
	const char *label;       /**< what happened there, in one line */
};

/** A change of a source file: `removed` lines from `line` on give way to `text`. */
struct skep_edit {
	const char *file; /**< as the compiler was given it */
	unsigned line;    /**< from 1: the first that is removed, or the one to insert before */
	unsigned removed; /**< how many lines go; 0: `text` is inserted */
	const char *text; /**< whole lines, each with its end; "" only removes */
};

/** How far the edits of a fix may be trusted. */
enum skep_applicability {
	SKEP_FIX_SUGGESTION, /**< for people: it shows what to do, with names to be looked at */
	SKEP_FIX_MACHINE,    /**< may be applied as it is: the program then passes this place */
};

/** What to write instead. */
struct skep_fix {
	const char *text;                      /**< what to do, in one line */
	const char *code;                      /**< of one or more lines; NULL when there is none */
	const struct skep_edit *edits;         /**< `code`, placed; none where no place is known */
	size_t edit_count;                     /**< how many; may be 0 */
	enum skep_applicability applicability; /**< of the edits */
	const char *patch; /**< the edits as a unified diff; NULL without the source at hand */
};

/** A step of the way that the verifier took to the refused instruction. */
struct skep_step_taken {
	struct skep_place place; /**< the instruction, and its line */
	int frame;               /**< of the function that it is in; the outermost has 0 */
	const char *before; /**< registers before it, as the log prints them; NULL if it does not */
	const char *after;  /**< registers behind it, as the log prints them; NULL if it does not */
};

/** One refused program. Members are only ever added, at the end. */
struct skep_diagnostic {
	const char *code;                /**< "SKEP-V001": stable, never used for something else */
	const char *name;                /**< "maybe-null-dereference": as stable */
	const char *program;             /**< the program; NULL when the log does not tell */
	const char *kernel_message;      /**< the kernel's own words */
	const char *message;             /**< one line, in terms of the program */
	struct skep_place primary;       /**< the refused line */
	const struct skep_cause *causes; /**< what made it refused, the nearest first */
	size_t cause_count;              /**< how many; may be 0 */
	const char *explanation;         /**< what could not be proved, and why that matters */
	const struct skep_fix *fixes;    /**< what to write instead, the best first */
	size_t fix_count;                /**< how many; may be 0 */
	enum skep_confidence confidence; /**< how sure all this is */
	const struct skep_step_taken
		*steps;          /**< the way there, oldest first; only when asked for */
	size_t step_count;       /**< how many; may be 0 */
	const char *object_note; /**< why the object that was given was of no use here, in one
				      line; NULL when it was, or none was given */
};

/** What a line of source cost the verifier. */
struct skep_line_cost {
	struct skep_place place; /**< the line */
	uint64_t insns;          /**< how often the log shows one of its instructions verified */
};

/**
 * What the verification of one program cost: of each that was accepted, and of those that were
 * refused because they cost too much. Members are only ever added, at the end.
 */
struct skep_cost {
	const char *program;  /**< the program; NULL when the log does not tell */
	uint64_t insns;       /**< instructions verified, along all paths */
	uint64_t insn_limit;  /**< of them the kernel allows; 0 when the log does not tell */
	uint64_t states;      /**< states looked at; the next is their peak */
	uint64_t states_peak; /**< states kept at one time */
	uint64_t states_most; /**< states kept for one instruction */
	uint64_t time_us;     /**< verification took so many microseconds; 0 when not told */
	unsigned stack;       /**< bytes of stack, of the deepest chain of calls; 0 when not told */
	const struct skep_line_cost *lines; /**< the dearest first; needs a log of level 2 */
	size_t line_count;                  /**< how many; may be 0 */
	uint64_t insns_shown;   /**< of `insns` the log shows so many; `lines` are of these */
	const unsigned *stacks; /**< bytes of stack of each function, the program's own first */
	size_t stack_count;     /**< how many; 0 when not told */
	bool refused;           /**< it was refused because it cost too much */
};

/** An explanation of a log: a verdict, and a diagnostic for each program that was refused. */
struct skep_explanation;

/**
 * Tells how C variables are called: libskep-dwarf fills this by skep_dwarf_names(). Texts are
 * borrowed, and read before the next call.
 */
struct skep_explain_names {
	void *ctx; /**< handed to the functions */
	/** The C expression that is in a register (0 to 9) before an instruction of a section; or NULL. */
	const char *(*in_register)(void *ctx, const char *section, uint32_t insn, int reg);
	/** The variable that lies at r10 + offset at an instruction of a section; or NULL. */
	const char *(*on_stack)(void *ctx, const char *section, uint32_t insn, int offset);
};

/** How to read a log. */
struct skep_explain_opts {
	size_t sz; /**< set by SKEP_OPTS() */
	const char *
		program; /**< the program's name, where the caller knows it; default: from the log */
	const char *object;      /**< path of the object that the programs are from; or NULL */
	const void *object_data; /**< that object in memory instead; needed during the call only */
	size_t object_bytes;     /**< its length */
	const char *source_dir; /**< where relative names of source files begin, as "."; sources are
				      read from there to place fixes; NULL: they are not read */
	bool story;             /**< fills `steps` */
	const struct skep_explain_names *names; /**< who knows C variables of `object`; or NULL */
};

/**
 * Explains a log that is in memory.
 *
 * @param[out] out   the explanation; an empty or foreign text gives SKEP_VERDICT_UNKNOWN
 * @param      log   the text; it need not be terminated, and is not needed any more afterwards
 * @param      bytes its length
 * @param      opts  or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, there is no file `object`: check the path}
 * @err{EINVAL, `object` is no BPF object: give the one that the program was loaded from}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library; or
 *      `object` is larger than 64 MB: it is no BPF object}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_explanation_free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_explain(struct skep_explanation **out, const char *log,
					size_t bytes, const struct skep_explain_opts *opts);

/**
 * Explains a log in a file, or from a pipe. Files may be of any size; of what comes through a
 * pipe the first megabyte and the last 24 are kept.
 *
 * @param[out] out  the explanation
 * @param      path the file; "-" is standard input
 * @param      opts or NULL
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such file, or no `object`: check the path}
 * @err{EISDIR, it is a directory: name a file}
 * @err{EACCES, the file may not be read: look at its permissions}
 * @err{EINVAL, it is empty, or no text: give it the log that the loader printed; or `object` is no
 *      BPF object: give the one that the program was loaded from}
 * @err{EIO, it could not be read to its end: look at the disk, or where the pipe comes from}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library; or
 *      `object` is larger than 64 MB: it is no BPF object}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_explanation_free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_explain_file(struct skep_explanation **out, const char *path,
					     const struct skep_explain_opts *opts);

/**
 * Explains another log, and adds what is found to an explanation: several programs, each with its
 * own log, name and object, become one report.
 *
 * @param explanation to add to; what was borrowed from it stays valid
 * @param log         the text; it need not be terminated, and is not needed any more afterwards
 * @param bytes       its length
 * @param opts        or NULL
 * @return 0 or a negative errno; after a failure some of it may have been added
 * @err{ENOENT, there is no file `object`: check the path}
 * @err{EINVAL, `object` is no BPF object: give the one that the program was loaded from}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library; or
 *      `object` is larger than 64 MB: it is no BPF object}
 * @err{ENOMEM, no memory}
 * @threads{one at a time per explanation}
 */
SKEP_API SKEP_MUST_USE int skep_explanation_add(struct skep_explanation *explanation,
						const char *log, size_t bytes,
						const struct skep_explain_opts *opts);

/**
 * Frees an explanation and all that was borrowed from it. NULL is fine.
 *
 * @param explanation the explanation
 */
SKEP_API void skep_explanation_free(struct skep_explanation *explanation);

/**
 * What became of the programs.
 *
 * @param explanation the explanation
 * @return the verdict
 */
SKEP_API enum skep_verdict skep_explanation_verdict(const struct skep_explanation *explanation);

/**
 * How many diagnostics there are.
 *
 * @param explanation the explanation
 * @return 0 unless something was refused
 */
SKEP_API size_t skep_explanation_count(const struct skep_explanation *explanation);

/**
 * One diagnostic.
 *
 * @param explanation the explanation
 * @param index       from 0
 * @return borrowed from the explanation; NULL behind the last
 */
SKEP_API const struct skep_diagnostic *skep_explanation_diagnostic(
	const struct skep_explanation *explanation, size_t index);

/**
 * How many programs there are whose cost is known: those that were accepted, and those refused
 * because they cost too much.
 *
 * @param explanation the explanation
 * @return how many skep_explanation_cost() has
 */
SKEP_API size_t skep_explanation_cost_count(const struct skep_explanation *explanation);

/**
 * What the verification of a program cost.
 *
 * @param explanation the explanation
 * @param index       from 0
 * @return borrowed from the explanation; NULL behind the last
 */
SKEP_API const struct skep_cost *skep_explanation_cost(const struct skep_explanation *explanation,
						       size_t index);

/** How to lay a diagnostic out as text. */
struct skep_diagnostic_text_opts {
	size_t sz;        /**< set by SKEP_OPTS() */
	bool color;       /**< with the escapes of a terminal */
	unsigned columns; /**< width of the page, 40 to 1000; default 80 */
	unsigned
		verbose; /**< 1: also the way to the refused line, from the steps; 2: with registers */
};

/**
 * A diagnostic as text for people: the message, the lines of source with what happened there,
 * the explanation and the fix.
 *
 * @param[out] out        the text, terminated
 * @param      diagnostic what to lay out
 * @param      opts       or NULL
 * @return 0 or a negative errno
 * @err{EINVAL, `columns` is not from 40 to 1000: leave it at 0 for 80}
 * @err{E2BIG, `opts` has members that this version of skep does not know: update the library}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with free()}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_diagnostic_text(char **out,
						const struct skep_diagnostic *diagnostic,
						const struct skep_diagnostic_text_opts *opts);

/** A page of the catalogue: what a code means. */
struct skep_catalogue_page {
	char code[16];           /**< "SKEP-V001" */
	const char *name;        /**< "maybe-null-dereference" */
	const char *title;       /**< one line */
	const char *explanation; /**< what the verifier could not prove, and why that matters */
};

/**
 * Looks a code up.
 *
 * @param[out] out  the page; its texts live as long as the library
 * @param      code "SKEP-V001", "V001" or the name
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such code: skep_catalogue_at() lists those there are}
 * @threads{any}
 */
SKEP_API SKEP_MUST_USE int skep_catalogue_find(struct skep_catalogue_page *out, const char *code);

/**
 * Goes through the catalogue.
 *
 * @param[out] out   the page
 * @param      index from 0
 * @return whether there is one
 * @threads{any}
 */
SKEP_API bool skep_catalogue_at(struct skep_catalogue_page *out, size_t index);

/**
 * What to write instead, as the catalogue has it: with the names of a program in braces.
 *
 * @param[out] out   a fix; its texts live as long as the library
 * @param      code  as for skep_catalogue_find()
 * @param      index from 0
 * @return whether there is one
 * @threads{any}
 */
SKEP_API bool skep_catalogue_fix(struct skep_fix *out, const char *code, size_t index);

/**
 * A wording of a kernel that belongs to a code, with what varies in braces.
 *
 * @param code  as for skep_catalogue_find()
 * @param index from 0
 * @return lives as long as the library; NULL behind the last
 * @threads{any}
 */
SKEP_API const char *skep_catalogue_wording(const char *code, size_t index);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_explanation);

#endif
