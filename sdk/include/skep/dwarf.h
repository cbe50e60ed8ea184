/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_DWARF_H
#define SKEP_DWARF_H
/**
 * @file dwarf.h
 * From an instruction of a compiled BPF object back to the C it was made from: file, line,
 * column, the functions that were inlined there, and where each variable is.
 *
 * A library of its own, libskep-dwarf (`skep::dwarf`), because it needs libdw.
 *
 * @code{.c}
 * SKEP_AUTO(skep_dwarf) *dwarf = NULL;
 * const struct skep_dwarf_frame *frame;
 * const struct skep_dwarf_variable *v;
 *
 * if (skep_dwarf_open(&dwarf, "execsnoop.bpf.o") ||
 *     skep_dwarf_frames(dwarf, "xdp", 12, &frame) ||
 *     skep_dwarf_variables(dwarf, "xdp", 12, &v))
 *         return skep_perror("execsnoop.bpf.o");
 * for (; frame; frame = frame->caller)
 *         printf("%s:%d:%d in %s\n", frame->file, frame->line, frame->column, frame->function);
 * for (; v; v = v->next)
 *         if (v->place == SKEP_DWARF_REGISTER)
 *                 printf("r%d is %s %s\n", v->reg, v->type, v->name);
 * @endcode
 *
 * Objects are not trusted: what is damaged is an error or a missing answer. DWARF 4 and 5, as
 * clang writes them. Nothing is asked of the kernel.
 *
 * Costs: opening reads the file once, a question some microseconds to milliseconds, growing
 * with the object; it is meant for explanations, not for hot paths.
 */
#include <skep/base.h>
#include <skep/error.h>

SKEP_BEGIN_DECLS

/** The debugging information of one object. One thread at a time. */
struct skep_dwarf;

/** A place in the source, and by `caller` the places that it was inlined into. */
struct skep_dwarf_frame {
	const char *function; /**< that the place is in; "" when it is not told */
	const char *file;     /**< as the compiler was given it, or absolute; "" when not told */
	int line;             /**< from 1; 0 when it is not told */
	int column;           /**< from 1; 0 when it is not told */
	const struct skep_dwarf_frame *caller; /**< where `function` was inlined; or NULL.
						    Members are only ever added, at the end */
};

/** Where a variable is at an instruction. Members are only ever added, at the end. */
enum skep_dwarf_place {
	SKEP_DWARF_NOWHERE,   /**< optimised away here */
	SKEP_DWARF_REGISTER,  /**< its value is in register `reg` */
	SKEP_DWARF_STACK,     /**< it is in memory at `r10 + offset` */
	SKEP_DWARF_CONSTANT,  /**< it has the value `offset`, known when it was compiled */
	SKEP_DWARF_ELSEWHERE, /**< computed, or in a global: not told */
};

/** A variable or parameter in scope. */
struct skep_dwarf_variable {
	const char *name;            /**< in C */
	const char *type;            /**< in C, as `struct event *`; "" when it is not told */
	const char *function;        /**< whose variable it is: that of a frame; "" when not told */
	bool is_parameter;           /**< of that function */
	enum skep_dwarf_place place; /**< which of the next two tells where it is */
	int reg;                     /**< 0 to 10 for SKEP_DWARF_REGISTER, else -1 */
	int64_t offset;              /**< from r10 in bytes, or the constant; else 0 */
	const struct skep_dwarf_variable *next; /**< innermost scopes first; NULL at the end.
						     Members are only ever added, at the end */
};

/**
 * Opens the debugging information of a `.bpf.o` file.
 *
 * @param[out] out  the handle
 * @param      path the file
 * @return 0 or a negative errno
 * @err{ENOENT, there is no such file, or it has no DWARF: compile it with `-g`}
 * @err{EINVAL, not a BPF object, or a damaged one: compile it again}
 * @err{EOPNOTSUPP, for the other endianness; or compressed, or not complete in itself: compile
 *      without `-gz` and `-gsplit-dwarf`}
 * @err{E2BIG, larger than 256 MiB}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_dwarf_free()}
 * @threads{one at a time per handle}
 */
SKEP_API SKEP_MUST_USE int skep_dwarf_open(struct skep_dwarf **out, const char *path);

/**
 * Opens the debugging information of an object in memory, which is copied.
 *
 * @param[out] out   the handle
 * @param      data  the ELF file's bytes
 * @param      bytes how many
 * @return 0 or a negative errno, as skep_dwarf_open()
 * @ownership{the caller frees it with skep_dwarf_free()}
 * @threads{one at a time per handle}
 */
SKEP_API SKEP_MUST_USE int skep_dwarf_open_mem(struct skep_dwarf **out, const void *data,
					       size_t bytes);

/**
 * Frees a handle and all that was borrowed from it. NULL is fine.
 *
 * @param dwarf the handle
 */
SKEP_API void skep_dwarf_free(struct skep_dwarf *dwarf);

/**
 * The place in the source of an instruction, and the calls that were inlined there.
 *
 * @param      dwarf   the handle
 * @param      section the program's section, as `"xdp"`; `".text"` for its other functions
 * @param      insn    which instruction of the section, from 0, in units of 8 bytes; a 64-bit
 *                     load counts as two, as in the verifier's log. Where a section has several
 *                     programs, the verifier counts from the start of each
 * @param[out] frames  the innermost; borrowed until the next call for this handle
 * @return 0 or a negative errno
 * @err{ENOENT, no such section, or nothing is known about the instruction: the message tells}
 * @err{ERANGE, the section has fewer instructions}
 * @err{ENOMEM, no memory}
 * @threads{one at a time per handle}
 */
SKEP_API SKEP_MUST_USE int skep_dwarf_frames(struct skep_dwarf *dwarf, const char *section,
					     uint32_t insn, const struct skep_dwarf_frame **frames);

/**
 * The variables and parameters in scope at an instruction.
 *
 * @param      dwarf     the handle
 * @param      section   as for skep_dwarf_frames()
 * @param      insn      as for skep_dwarf_frames(); what holds *before* it is executed
 * @param[out] variables the first, NULL where there are none; borrowed until the next call for
 *                       this handle
 * @return 0 or a negative errno, as skep_dwarf_frames()
 * @threads{one at a time per handle}
 */
SKEP_API SKEP_MUST_USE int skep_dwarf_variables(struct skep_dwarf *dwarf, const char *section,
						uint32_t insn,
						const struct skep_dwarf_variable **variables);

struct skep_explain_names; /* <skep/verifier.h> */

/**
 * Lets explanations of verifier logs use the names of C variables:
 *
 * @code{.c}
 * SKEP_AUTO(skep_explanation) *explanation = NULL;
 * SKEP_AUTO(skep_dwarf) *dwarf = NULL;
 * struct skep_explain_names names;
 *
 * if (skep_dwarf_open(&dwarf, "x.bpf.o"))
 *         return skep_perror("x.bpf.o");
 * skep_dwarf_names(dwarf, &names);
 * if (skep_explain_file(&explanation, "refused.log",
 *                       SKEP_OPTS(skep_explain_opts, .object = "x.bpf.o", .names = &names)))
 *         return skep_perror("refused.log");
 * @endcode
 *
 * Where nothing is known about a register, a name is not told, and that is no error. What the
 * explanation has copied stays; `names` itself needs the handle.
 *
 * @param      dwarf the handle, of the same object that the explanation is given
 * @param[out] names filled; valid as long as the handle
 * @threads{one at a time per handle}
 */
SKEP_API void skep_dwarf_names(struct skep_dwarf *dwarf, struct skep_explain_names *names);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_dwarf);

#endif
