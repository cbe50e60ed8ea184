/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The cells of a row, each as text or as JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tool/tool.h"

#define KIND(name) (1U << SKEP_TOOL_##name)
#define NUMBERS    (KIND(UINT) | KIND(COUNT) | KIND(HEX) | KIND(DURATION))

/* Text that is harmless. */
static void put_plain(struct skep_tool *tool, const struct skep_tool_column *column,
		      const char *text)
{
	size_t start = skep_tool_cell_begin(tool);

	skep_tool_buffer_add(&tool->line, text, strlen(text));
	skep_tool_cell_end(tool, column, start);
}

/* The unit in which it has one to three digits before the point. */
static void format_duration(uint64_t ns, char *text, size_t room)
{
	if (ns < 1000)
		snprintf(text, room, "%u ns", (unsigned int)ns);
	else if (ns < 1000000)
		snprintf(text, room, "%.3f us", (double)ns / 1e3);
	else if (ns < 1000000000)
		snprintf(text, room, "%.3f ms", (double)ns / 1e6);
	else
		snprintf(text, room, "%.3f s", (double)ns / 1e9);
}

void skep_tool_uint(struct skep_tool *tool, uint64_t value)
{
	const struct skep_tool_column *column = skep_tool_next(tool, NUMBERS, "skep_tool_uint()");
	char text[32];

	if (!column)
		return;
	if (tool->json) {
		skep_tool_set(tool, column->name, skep_tool_json_uint(value));
		return;
	}
	if (column->kind == SKEP_TOOL_DURATION)
		format_duration(value, text, sizeof(text));
	else
		snprintf(text, sizeof(text),
			 column->kind == SKEP_TOOL_HEX ? "0x%" PRIx64 : "%" PRIu64, value);
	put_plain(tool, column, text);
}

/* ENOENT for 2 and for -2; a number that has no name is itself. */
static const char *error_name(int64_t code, char *text, size_t room)
{
	const char *name = NULL;

#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 32)
	if (code > -4096 && code < 4096)
		name = strerrorname_np((int)(code < 0 ? -code : code));
#endif
#endif
	if (!name)
		snprintf(text, room, "%" PRId64, code);
	return name ? name : text;
}

static json_t *json_error(int64_t code)
{
	char text[24];

	return code ? json_string(error_name(code, text, sizeof(text))) : json_null();
}

void skep_tool_int(struct skep_tool *tool, int64_t value)
{
	const struct skep_tool_column *column =
		skep_tool_next(tool, KIND(INT) | KIND(ERROR), "skep_tool_int()");
	bool is_error = column && column->kind == SKEP_TOOL_ERROR;
	char text[24];

	if (!column)
		return;
	if (tool->json) {
		skep_tool_set(tool, column->name,
			      is_error ? json_error(value) : json_integer(value));
	} else if (is_error) {
		put_plain(tool, column, value ? error_name(value, text, sizeof(text)) : "-");
	} else {
		snprintf(text, sizeof(text), "%" PRId64, value);
		put_plain(tool, column, text);
	}
}

void skep_tool_bool(struct skep_tool *tool, bool value)
{
	const struct skep_tool_column *column =
		skep_tool_next(tool, KIND(BOOL), "skep_tool_bool()");

	if (column && tool->json)
		skep_tool_set(tool, column->name, json_boolean(value));
	else if (column)
		put_plain(tool, column, value ? "yes" : "no");
}

static void put_text(struct skep_tool *tool, const char *text, size_t length, const char *call)
{
	const struct skep_tool_column *column = skep_tool_next(tool, KIND(TEXT), call);
	size_t start;

	if (!column)
		return;
	if (tool->json) {
		skep_tool_set(tool, column->name, skep_tool_json_text(text, length));
		return;
	}
	start = skep_tool_cell_begin(tool);
	skep_tool_buffer_escape(&tool->line, text, length, false);
	skep_tool_cell_end(tool, column, start);
}

void skep_tool_text(struct skep_tool *tool, const char *text, size_t bytes)
{
	put_text(tool, text ? text : "", text ? strnlen(text, bytes) : 0, "skep_tool_text()");
}

void skep_tool_string(struct skep_tool *tool, const char *text)
{
	if (text)
		put_text(tool, text, strlen(text), "skep_tool_string()");
	else
		skep_tool_none(tool);
}

void skep_tool_format(struct skep_tool *tool, const char *format, ...)
{
	struct skep_tool_buffer text = { 0 };
	va_list args;

	va_start(args, format);
	skep_tool_buffer_print(&text, format, args);
	va_end(args);
	if (text.failed && tool)
		skep_tool_wrong(tool, ENOMEM, "no memory for a row");
	put_text(tool, text.data ? text.data : "", text.used, "skep_tool_format()");
	skep_tool_buffer_free(&text);
}

/* One word, quoted where a reader could be misled. */
static void add_word(struct skep_tool_buffer *line, const char *word, size_t length)
{
	bool quoted = !length || memchr(word, ' ', length) || memchr(word, '"', length);

	if (quoted)
		skep_tool_buffer_add(line, "\"", 1);
	skep_tool_buffer_escape(line, word, length, quoted);
	if (quoted)
		skep_tool_buffer_add(line, "\"", 1);
}

static json_t *json_list(const char *words, size_t bytes)
{
	json_t *list = json_array();

	while (list && bytes) {
		size_t length = strnlen(words, bytes);

		if (json_array_append_new(list, skep_tool_json_text(words, length))) {
			json_decref(list);
			return NULL;
		}
		length += length < bytes; /* its NUL */
		words += length;
		bytes -= length;
	}
	return list;
}

static void put_list(struct skep_tool *tool, const struct skep_tool_column *column,
		     const char *words, size_t bytes, size_t total)
{
	size_t start = skep_tool_cell_begin(tool), left = bytes;
	char cut[48];

	while (left) {
		size_t length = strnlen(words, left);

		if (left < bytes)
			skep_tool_buffer_add(&tool->line, " ", 1);
		add_word(&tool->line, words, length);
		length += length < left;
		words += length;
		left -= length;
	}
	if (total > bytes) {
		int n = snprintf(cut, sizeof(cut), "%s[cut: %zu bytes]", bytes ? " " : "", total);

		skep_tool_buffer_add(&tool->line, cut, (size_t)n);
	}
	skep_tool_cell_end(tool, column, start);
}

void skep_tool_list(struct skep_tool *tool, const char *words, size_t bytes, size_t total)
{
	const struct skep_tool_column *column =
		skep_tool_next(tool, KIND(LIST), "skep_tool_list()");

	if (!words)
		bytes = 0;
	if (column && tool->json) {
		skep_tool_set(tool, column->name, json_list(words, bytes));
		if (total)
			skep_tool_set(tool, "truncated", json_boolean(total > bytes));
	} else if (column) {
		put_list(tool, column, words, bytes, total);
	}
}

void skep_tool_address(struct skep_tool *tool, int family, const void *address)
{
	const struct skep_tool_column *column;
	char text[INET6_ADDRSTRLEN];

	if (!address || (family != AF_INET && family != AF_INET6)) {
		skep_tool_none(tool);
		return;
	}
	column = skep_tool_next(tool, KIND(ADDRESS), "skep_tool_address()");
	if (!column)
		return;
	inet_ntop(family, address, text, sizeof(text));
	if (tool->json)
		skep_tool_set(tool, column->name, json_string(text));
	else
		put_plain(tool, column, text);
}

/* The usual ones by themselves: not every machine has /etc/protocols. */
void skep_tool_protocol(struct skep_tool *tool, unsigned int protocol)
{
	static const char *const usual[] = {
		[0] = "ip",   [1] = "icmp", [2] = "igmp",       [6] = "tcp",    [17] = "udp",
		[47] = "gre", [50] = "esp", [58] = "ipv6-icmp", [132] = "sctp",
	};
	const char *name = protocol < sizeof(usual) / sizeof(usual[0]) ? usual[protocol] : NULL;
	const struct protoent *known = name ? NULL : getprotobynumber((int)protocol);

	if (name || known)
		skep_tool_string(tool, name ? name : known->p_name);
	else
		skep_tool_format(tool, "ip %u", protocol);
}

void skep_tool_who(struct skep_tool *tool, const struct skep_who *who)
{
	for (int i = 0; !who && i < 3; i++)
		skep_tool_none(tool);
	if (!who)
		return;
	skep_tool_uint(tool, who->pid);
	skep_tool_uint(tool, who->uid);
	skep_tool_text(tool, who->comm, sizeof(who->comm));
}

void skep_tool_named(struct skep_tool *tool, const char *const *names, size_t count, uint64_t value)
{
	if (names && value < count && names[value])
		skep_tool_string(tool, names[value]);
	else
		skep_tool_format(tool, "%" PRIu64, value);
}

void skep_tool_none(struct skep_tool *tool)
{
	const struct skep_tool_column *column = skep_tool_next(tool, ~0U, "skep_tool_none()");

	if (column && !tool->json && column != &tool->columns[tool->last])
		put_plain(tool, column, "-");
}

void skep_tool_note(struct skep_tool *tool, const char *format, ...)
{
	struct skep_tool_buffer text = { 0 };
	va_list args;

	if (!tool || tool->json)
		return;
	va_start(args, format);
	skep_tool_buffer_print(&text, format, args);
	va_end(args);
	if (tool->note.used)
		skep_tool_buffer_add(&tool->note, " ", 1);
	skep_tool_buffer_escape(&tool->note, text.data, text.used, false);
	tool->note.failed |= text.failed;
	skep_tool_buffer_free(&text);
}

void skep_tool_add(struct skep_tool *tool, const char *name, int64_t value)
{
	if (tool && tool->json && !tool->wrong)
		skep_tool_set(tool, name, json_integer(value));
}

void skep_tool_status(struct skep_tool *tool, int status)
{
	int number = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);

	skep_tool_add(tool, WIFSIGNALED(status) ? "signal" : "exit_code", number);
	if (WIFSIGNALED(status))
		skep_tool_note(tool, "killed by %s", strsignal(number));
	else
		skep_tool_note(tool, "exit %d", number);
}

void skep_tool_at(struct skep_tool *tool, uint64_t ns)
{
	if (tool)
		tool->when_ns = ns;
}
