/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TOOL_H
#define SKEP_TOOL_H
/**
 * @file tool.h
 * What every command-line tool around a BPF program repeats: options, columns as text or JSON, a
 * loop with signals and a time limit, tables every so often, and an end that loses nothing.
 *
 * A library of its own, libskep-tool (`skep::tool`), because it needs jansson, and because it prints
 * and ends the process, which libskep never does. It is for main().
 *
 * @code{.c}
 * #include <skep/tool.h>
 * #include "execsnoop.skep.h"
 *
 * static const struct skep_tool_column columns[] = {
 *         { "time", .kind = SKEP_TOOL_TIME },
 *         { "pid", .kind = SKEP_TOOL_UINT, .width = 7 },
 *         { "comm", .kind = SKEP_TOOL_TEXT, .width = 15 },
 *         { 0 },
 * };
 *
 * static int on_exec(const struct exec_event *e, void *ctx)
 * {
 *         struct skep_tool *tool = ctx;
 *
 *         skep_tool_uint(tool, e->pid);
 *         skep_tool_text(tool, e->comm, sizeof(e->comm));
 *         return skep_tool_row_end(tool);
 * }
 *
 * int main(int argc, char **argv)
 * {
 *         SKEP_AUTO(skep_tool) *tool = NULL;
 *         SKEP_AUTO(execsnoop) *app = NULL;
 *
 *         if (skep_tool_new(&tool, argc, argv,
 *                           SKEP_OPTS(skep_tool_opts, .doc = "Print the programs that start.",
 *                                     .columns = columns)) ||
 *             execsnoop_open(&app, NULL) || execsnoop_load(app) ||
 *             execsnoop_on_events(app, skep_tool_loop(tool), on_exec, tool) ||
 *             execsnoop_attach(app))
 *                 return skep_perror(skep_tool_name(tool));
 *         return skep_tool_run(tool, execsnoop_object(app));
 * }
 * @endcode
 *
 * That tool has --json, --duration, --help and --version. What is in a row: tool/row.h.
 *
 * Costs: a row of text less than 1 us, of JSON less than 5. Rows are written at the end of each round
 * of the loop: many at once while many come, and none waits.
 */
#include <skep/base.h>
#include <skep/error.h>
#include <skep/loop.h>
#include <skep/tool/row.h>
#include <skep/types/filter.h>

#include <argp.h>

SKEP_BEGIN_DECLS

struct skep_hist;
struct skep_object;

#define SKEP_TOOL_TAKES_PID      1U /**< --pid, -p: skep_tool_filter() has it */
#define SKEP_TOOL_TAKES_UID      2U /**< --uid, -u, by name or number: skep_tool_filter() has it */
#define SKEP_TOOL_TAKES_COMM     4U /**< --comm, -c: skep_tool_filter() has it */
#define SKEP_TOOL_TAKES_INTERVAL 8U /**< --interval, -i: for skep_tool_every() */
#define SKEP_TOOL_TAKES_FILTER   7U /**< --pid, --uid and --comm */

/**
 * An option of the tool's own, or an argument. Exactly one of the pointers says what it is and where it
 * goes; what is there before is the default. A table of them ends with `{ 0 }`.
 */
struct skep_tool_option {
	const char *name; /**< "exits" for --exits; NULL: an argument, in the order of the table */
	int key;          /**< 'x' for -x; 0: none */
	const char *
		arg; /**< what its value is called: "BYTES"; of choices "auto|native|generic". Of an
				  argument in brackets, "[FOLDER]": it may be left out */
	const char *doc;      /**< what it does, in half a line */
	bool *flag;           /**< becomes true */
	uint64_t *number;     /**< from `least` to `most`; decimal, 0x1f or 017 */
	const char **text;    /**< borrowed from argv */
	unsigned int *choice; /**< which of the words of `arg`, from 0 */
	uint64_t *time_ns;    /**< seconds, also 0.5, as nanoseconds */
	uint64_t least;       /**< of a number */
	uint64_t most;        /**< of a number; 0: any */
};

/** What a tool is. */
struct skep_tool_opts {
	size_t sz;           /**< set by SKEP_OPTS() */
	const char *doc;     /**< what it does, in a sentence: the first line of --help */
	const char *more;    /**< what --help says at its end, for instance examples; or NULL */
	const char *version; /**< of the tool, for --version; NULL: skep's */
	unsigned int takes;  /**< SKEP_TOOL_TAKES_PID | ...: which of the common options it has */
	const struct skep_tool_column *columns; /**< of its rows; NULL: none. Borrowed */
	const struct skep_tool_option *options; /**< its own; or NULL. Borrowed */
	const struct argp *argp; /**< what options of that table cannot say; or NULL */
	void *input;             /**< of that */
};

/**
 * Called by skep_tool_every().
 * @return 0 to go on, positive to stop: this was the last table; negative to fail
 */
typedef int (*skep_tool_fn)(struct skep_tool *tool, void *ctx);

/**
 * Reads the command line and makes the tool. **Ends the process** after --help and --version (exit code
 * 0), and where the command line is wrong (2, and one line that says what is).
 *
 * SIGPIPE is ignored from then on until the tool is freed, so that a reader that went away ends the tool
 * as Ctrl-C does, detached, and without a word (see skep_tool_run()); SIGINT and SIGTERM end
 * skep_tool_run().
 *
 * @param[out] out  the tool
 * @param      argc as main() has it
 * @param      argv as main() has it; its last part becomes the tool's name
 * @param      opts what the tool is
 * @return 0 or a negative errno
 * @err{EINVAL, columns\, options or `opts` are not made as they should: the message says which}
 * @err{E2BIG, `opts` is of a newer skep: run with the one it was compiled with}
 * @err{EBADF, standard output is closed: open it}
 * @err{EBUSY, a loop of this process has the signals: let the tool's have them}
 * @err{EMFILE, too many open files: raise ulimit -n}
 * @err{ENOMEM, no memory}
 * @ownership{the caller frees it with skep_tool_free()}
 * @threads{one at a time per tool}
 */
SKEP_API SKEP_MUST_USE int skep_tool_new(struct skep_tool **out, int argc, char **argv,
					 const struct skep_tool_opts *opts);

/**
 * Frees a tool, its loop, and the rings that the loop owns. Rows that were not written yet are, if they
 * can be. NULL is fine.
 *
 * @param tool the tool
 */
SKEP_API void skep_tool_free(struct skep_tool *tool);

/**
 * The tool's name, for all its messages: the last part of argv[0], so as it was started.
 *
 * @param tool the tool; NULL, as where it could not be made: this program's name
 * @return borrowed from the tool
 */
SKEP_API const char *skep_tool_name(const struct skep_tool *tool);

/**
 * The tool's loop, for `..._on_events(app, skep_tool_loop(tool), ...)` and whatever else is waited for.
 *
 * @param tool the tool
 * @return borrowed from the tool; NULL where there is none
 */
SKEP_API struct skep_loop *skep_tool_loop(const struct skep_tool *tool);

/**
 * What --pid, --uid and --comm say, for the program's constants:
 * `opensnoop_consts(app)->filter = *skep_tool_filter(tool);`
 *
 * @param tool the tool
 * @return borrowed; of a tool that takes none of them, or NULL, one that accepts all
 */
SKEP_API const struct skep_filter *skep_tool_filter(const struct skep_tool *tool);

/**
 * Whether rows are JSON, for what a tool prints itself.
 *
 * @param tool the tool
 * @return true with --json
 */
SKEP_API bool skep_tool_is_json(const struct skep_tool *tool);

/**
 * Prints a histogram: as skep_hist_format() has it, or as a JSON object with count, mean, percentiles and
 * slots.
 *
 * @param tool the tool
 * @param name what it is of, printed before; or NULL
 * @param hist the histogram
 * @param unit what the values are, "us"; or NULL
 * @return 0 or a negative errno
 * @err{EBADF, there is no tool, or no histogram: make it first}
 * @err{EBUSY, a row was begun: end it first}
 * @err{EPIPE, nobody reads standard output any more}
 * @err{ENOSPC, the disk is full; and whatever else write() fails with}
 * @err{ENOMEM, no memory}
 */
SKEP_API SKEP_MUST_USE int skep_tool_hist(struct skep_tool *tool, const char *name,
					  const struct skep_hist *hist, const char *unit);

/**
 * For tools that print tables or histograms, not events: calls `fn` every --interval, if that is
 * given, and once at the end, after the programs are detached. As text a heading comes before each
 * table, and an empty line between two of them.
 *
 * @param tool the tool
 * @param fn   prints the table; the last that was given counts
 * @param ctx  passed to it
 */
SKEP_API void skep_tool_every(struct skep_tool *tool, skep_tool_fn fn, void *ctx);

/**
 * Runs the tool until Ctrl-C, until --duration is over, until a callback stops the loop, or until nobody
 * reads what it prints. Then detaches the object, delivers what is in the rings, prints the last table,
 * and says on standard error how many events there were, and how many were dropped.
 *
 * @param tool   the tool
 * @param object whose programs are detached; or NULL
 * @return main()'s: 0; 1, when something failed, which it has printed: as skep_perror(); or 141, without a
 *         word, when nobody reads any more, as of a program that SIGPIPE ended: `| head`. Where SIGPIPE was
 *         ignored before skep_tool_new(), that is 1 and a line, like other failures to write
 */
SKEP_API SKEP_MUST_USE int skep_tool_run(struct skep_tool *tool, struct skep_object *object);

/**
 * Says that the command line is wrong, where skep_tool_new() could not see it: in one line, and one that
 * names --help. `return skep_tool_usage(tool, "%s is not a folder", folder);`
 *
 * @param tool   the tool
 * @param format like printf()
 * @return main()'s: 2
 */
SKEP_API SKEP_MUST_USE int skep_tool_usage(const struct skep_tool *tool, const char *format, ...)
	SKEP_PRINTF(2, 3);

/**
 * The end of a tool that does not run: writes what was printed.
 *
 * @param tool the tool
 * @return main()'s: 0; 1, when something failed, which it has printed; or 141: as skep_tool_run()
 */
SKEP_API SKEP_MUST_USE int skep_tool_end(struct skep_tool *tool);

SKEP_END_DECLS

SKEP_DEFINE_FREEP(skep_tool);

#endif
