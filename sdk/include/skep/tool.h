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
 * That tool has --json, --duration, --help and --version. A row is what is put between two calls of
 * skep_tool_row_end(): its cells in the order of the columns, without those of SKEP_TOOL_TIME. As text
 * it is a line under a heading, in which whatever could move a terminal's cursor, or turn its
 * text around, is escaped as \\xNN, and a backslash is two. As JSON it is an object a line, with a
 * column's name as the key; bytes that are not UTF-8 are '?', and numbers beyond 2^63 are text.
 *
 * Costs: a row of text less than 1 us, of JSON less than 5. Rows are written at the end of each round of the loop: many
 * at once while many come, and none waits.
 */
#include <skep/base.h>
#include <skep/error.h>
#include <skep/loop.h>
#include <skep/types/filter.h>
#include <skep/types/security.h>

#include <argp.h>

SKEP_BEGIN_DECLS

struct skep_hist;
struct skep_object;

/** A command-line tool. One thread at a time. */
struct skep_tool;

/** What the cells of a column are. Members are only ever added, at the end. */
enum skep_tool_kind {
	SKEP_TOOL_UINT,     /**< a number that names something: pid, uid, port. skep_tool_uint() */
	SKEP_TOOL_INT,      /**< a number with a sign. skep_tool_int() */
	SKEP_TOOL_COUNT,    /**< how many: to the right. skep_tool_uint() */
	SKEP_TOOL_HEX,      /**< as text 0x1f; in JSON a number. skep_tool_uint() */
	SKEP_TOOL_DURATION, /**< nanoseconds, as text with the unit that fits: to the right.
				 skep_tool_uint() */
	SKEP_TOOL_ERROR,    /**< an errno of either sign, as its name; 0 is "-", in JSON null.
				 skep_tool_int() */
	SKEP_TOOL_BOOL,     /**< yes and no; in JSON true and false. skep_tool_bool() */
	SKEP_TOOL_TEXT,     /**< skep_tool_text(), skep_tool_string(), skep_tool_format() */
	SKEP_TOOL_LIST,     /**< words, such as arguments; in JSON an array. skep_tool_list() */
	SKEP_TOOL_ADDRESS,  /**< of IPv4 or IPv6. skep_tool_address() */
	SKEP_TOOL_TIME, /**< when the row is made, or skep_tool_at(): filled by itself. As text the
				 local time of day, in JSON of UTC with microseconds */
};

#define SKEP_TOOL_LEFT      1U /**< of a column: to the left, also numbers that count */
#define SKEP_TOOL_RIGHT     2U /**< of a column: to the right */
#define SKEP_TOOL_ONLY_TEXT 4U /**< of a column: not in JSON */
#define SKEP_TOOL_ONLY_JSON 8U /**< of a column: not in text */

/** A column. A table of them ends with `{ 0 }`. */
struct skep_tool_column {
	const char *name;         /**< in JSON; in upper case the heading */
	enum skep_tool_kind kind; /**< what is in it */
	unsigned int width;       /**< at least so many characters; 0: as wide as its kind is most
				       often. What is longer moves the rest of its line */
	unsigned int flags;       /**< SKEP_TOOL_RIGHT and so on */
	const char *heading;      /**< another than the name */
};

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
 * Goes on with other columns: of a second table, or as the options say. A heading comes before the next
 * row.
 *
 * @param tool    the tool
 * @param columns ended by `{ 0 }`; borrowed; NULL: none
 * @return 0 or a negative errno
 * @err{EBADF, there is no tool: make it first}
 * @err{EBUSY, a row was begun: end it first}
 * @err{EINVAL, there are more than 64, or one has a kind that is none}
 */
SKEP_API SKEP_MUST_USE int skep_tool_columns(struct skep_tool *tool,
					     const struct skep_tool_column *columns);

/**
 * The next cell: a number. Of SKEP_TOOL_UINT, SKEP_TOOL_COUNT, SKEP_TOOL_HEX or SKEP_TOOL_DURATION.
 * Whether cells fit their columns is told by skep_tool_row_end().
 *
 * @param tool  the tool
 * @param value the number
 */
SKEP_API void skep_tool_uint(struct skep_tool *tool, uint64_t value);

/**
 * The next cell: a number with a sign. Of SKEP_TOOL_INT or SKEP_TOOL_ERROR.
 *
 * @param tool  the tool
 * @param value the number
 */
SKEP_API void skep_tool_int(struct skep_tool *tool, int64_t value);

/**
 * The next cell: of SKEP_TOOL_BOOL.
 *
 * @param tool  the tool
 * @param value whether it is so
 */
SKEP_API void skep_tool_bool(struct skep_tool *tool, bool value);

/**
 * The next cell: text in a buffer that it may fill, as that of a record. Of SKEP_TOOL_TEXT.
 *
 * @param tool  the tool
 * @param text  up to a NUL
 * @param bytes the buffer's size; at most so many are taken
 */
SKEP_API void skep_tool_text(struct skep_tool *tool, const char *text, size_t bytes);

/**
 * The next cell: text ended by a NUL. Of SKEP_TOOL_TEXT.
 *
 * @param tool the tool
 * @param text NULL is skep_tool_none()
 */
SKEP_API void skep_tool_string(struct skep_tool *tool, const char *text);

/**
 * The next cell: text as printf() makes it. Of SKEP_TOOL_TEXT.
 *
 * @param tool   the tool
 * @param format like printf()
 */
SKEP_API void skep_tool_format(struct skep_tool *tool, const char *format, ...) SKEP_PRINTF(2, 3);

/**
 * The next cell: words, each ended by a NUL, as skep_current_args() has them. Of SKEP_TOOL_LIST. As text
 * they are in a row, and quoted where a reader could be misled.
 *
 * @param tool  the tool
 * @param words the first
 * @param bytes of all of them
 * @param total what they had before they were cut: where it is more than `bytes` text says so, and JSON
 *              has "truncated", true or false; 0: not known
 */
SKEP_API void skep_tool_list(struct skep_tool *tool, const char *words, size_t bytes, size_t total);

/**
 * The next three cells: a process, its user, its name: of SKEP_TOOL_UINT twice, and of SKEP_TOOL_TEXT.
 *
 * @param tool the tool
 * @param who  as skep_current_who() of bpf/task.h says it
 */
SKEP_API void skep_tool_who(struct skep_tool *tool, const struct skep_who *who);

/**
 * The next cell: an address. Of SKEP_TOOL_ADDRESS.
 *
 * @param tool    the tool
 * @param family  AF_INET or AF_INET6; another is skep_tool_none()
 * @param address 4 or 16 bytes, as on the wire
 */
SKEP_API void skep_tool_address(struct skep_tool *tool, int family, const void *address);

/**
 * The next cell: a protocol of IP by its name, "tcp", as /etc/protocols has it; "ip 253" where it has none.
 * Of SKEP_TOOL_TEXT.
 *
 * @param tool     the tool
 * @param protocol its number: 6 is TCP
 */
SKEP_API void skep_tool_protocol(struct skep_tool *tool, unsigned int protocol);

/**
 * The next cell: what a number is called, in a table by number; one that has no name there is itself. Of
 * SKEP_TOOL_TEXT.
 *
 * @param tool  the tool
 * @param names the table; NULL for what has no name
 * @param count how many there are in it
 * @param value the number
 */
SKEP_API void skep_tool_named(struct skep_tool *tool, const char *const *names, size_t count,
			      uint64_t value);

/**
 * The next cell: what of credentials changed, as "euid 1000->0 effective +net_raw"; where that is nothing
 * it is skep_tool_none(). Of more than six capabilities in a row text says how many: "+41". Of
 * SKEP_TOOL_TEXT.
 *
 * @param tool   the tool
 * @param before what they were, as skep_task_cred() of bpf/cred.h reads them
 * @param after  what they are
 */
SKEP_API void skep_tool_cred(struct skep_tool *tool, const struct skep_cred *before,
			     const struct skep_cred *after);

/**
 * The next cell is empty: as text "-", or nothing in the last column; not in JSON.
 *
 * @param tool the tool
 */
SKEP_API void skep_tool_none(struct skep_tool *tool);

/**
 * Words behind the last column, as text only: what has no column of its own.
 *
 * @param tool   the tool
 * @param format like printf()
 */
SKEP_API void skep_tool_note(struct skep_tool *tool, const char *format, ...) SKEP_PRINTF(2, 3);

/**
 * A number in JSON only: what has no column of its own.
 *
 * @param tool  the tool
 * @param name  its key
 * @param value the number
 */
SKEP_API void skep_tool_add(struct skep_tool *tool, const char *name, int64_t value);

/**
 * How a process ended: behind the last column "exit 3" or "killed by Terminated", in JSON "exit_code" or
 * "signal", a number.
 *
 * @param tool   the tool
 * @param status as wait() has it, and skep_current_exit_status() of bpf/task.h
 */
SKEP_API void skep_tool_status(struct skep_tool *tool, int status);

/**
 * When what the row tells happened, for SKEP_TOOL_TIME: else it is when the row is made.
 *
 * @param tool the tool
 * @param ns   nanoseconds of CLOCK_MONOTONIC, as skep_ktime() and bpf_ktime_get_ns() have them
 */
SKEP_API void skep_tool_at(struct skep_tool *tool, uint64_t ns);

/**
 * Ends a row: it is printed. For the end of a callback: `return skep_tool_row_end(tool);`
 *
 * @param tool the tool
 * @return 0 or a negative errno; then the row is given up
 * @err{EBADF, there is no tool: make it first}
 * @err{EPROTOTYPE, cells and columns differ in kind or number: the message says which}
 * @err{EPIPE, nobody reads standard output any more}
 * @err{ENOSPC, the disk is full; and whatever else write() fails with}
 * @err{ENOMEM, no memory}
 */
SKEP_API int skep_tool_row_end(struct skep_tool *tool);

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
