/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TOOL_ROW_H
#define SKEP_TOOL_ROW_H
/**
 * @file tool/row.h
 * The columns of what a tool prints, and the cells of a row, each by its type. Part of tool.h.
 *
 * @code{.c}
 * struct start_event {
 *         __u32 pid;
 *         char path[256];
 * };
 *
 * static const struct skep_tool_column columns[] = {
 *         { "time", .kind = SKEP_TOOL_TIME },
 *         { "pid", .kind = SKEP_TOOL_UINT, .width = 7 },
 *         { "path", .kind = SKEP_TOOL_TEXT },
 *         { 0 },
 * };
 *
 * static int on_start(const struct start_event *e, void *tool)
 * {
 *         skep_tool_uint(tool, e->pid);
 *         skep_tool_string(tool, e->path);
 *         return skep_tool_row_end(tool);
 * }
 * @endcode
 *
 * A row is what is put between two calls of skep_tool_row_end(): its cells in the order of the columns,
 * without those of SKEP_TOOL_TIME. As text it is a line under a heading, in which whatever could move a
 * terminal's cursor, or turn its text around, is escaped as \\xNN, and a backslash is two. As JSON it
 * is an object a line, with a column's name as the key; bytes that are not UTF-8 are '?', and numbers
 * beyond 2^63 are text.
 */
#include <skep/base.h>
#include <skep/types/security.h>

SKEP_BEGIN_DECLS

/** A command-line tool: see tool.h. One thread at a time. */
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

SKEP_END_DECLS

#endif
