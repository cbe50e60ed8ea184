/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "unwrap.h"

/* Takes what `shape` describes: 0 stands for a digit, anything else for itself. */
static bool take_shape(struct skep_span *line, const char *shape)
{
	size_t n = strlen(shape);

	if (line->length < n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (shape[i] == '0' ? !skep_is_digit(line->at[i]) : shape[i] != line->at[i])
			return false;
	*line = skep_span_from(*line, n);
	return true;
}

/* `[   12.345678] `: dmesg. */
static bool take_uptime(struct skep_span *line)
{
	struct skep_span rest = *line;
	int64_t seconds, fraction;

	if (!skep_take(&rest, SPAN("[")))
		return false;
	skep_take_spaces(&rest);
	if (!skep_take_number(&rest, &seconds) || !skep_take(&rest, SPAN(".")) ||
	    !skep_take_number(&rest, &fraction) || !skep_take(&rest, SPAN("] ")))
		return false;
	*line = rest;
	return true;
}

/* `host name[123]: `, behind a date. */
static void take_sender(struct skep_span *line)
{
	struct skep_span rest = *line;
	int64_t process;

	for (int words = 0; words < 2; words++) {
		size_t n = 0;

		skep_take_spaces(&rest);
		while (n < rest.length && (skep_is_word(rest.at[n]) || strchr("-.@/", rest.at[n])))
			n++;
		if (!n || n > 64)
			return;
		rest = skep_span_from(rest, n);
	}
	if (skep_take(&rest, SPAN("[")) && skep_take_number(&rest, &process) &&
	    skep_take(&rest, SPAN("]: ")))
		*line = rest;
}

/* `2024-05-01T10:20:30.123456+02:00 ` and its relatives, up to the next space. */
static bool take_date(struct skep_span *line)
{
	struct skep_span rest = *line;
	size_t n = 0;

	if (!take_shape(&rest, "0000-00-00") && !take_shape(&rest, "0000/00/00"))
		return false;
	if (!skep_take(&rest, SPAN("T")) && !skep_take(&rest, SPAN(" ")))
		return false;
	if (!take_shape(&rest, "00:00:00"))
		return false;
	while (n < rest.length && rest.at[n] != ' ')
		n++;
	*line = skep_span_from(rest, n);
	take_sender(line);
	return true;
}

/* `10:20:30.123 ` */
static bool take_time(struct skep_span *line)
{
	struct skep_span rest = *line;
	size_t n = 0;

	if (!take_shape(&rest, "00:00:00"))
		return false;
	while (n < rest.length && rest.at[n] != ' ')
		n++;
	*line = skep_span_from(rest, n);
	return n < 12;
}

static bool is_month(struct skep_span line)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; i + 3 < sizeof(months); i += 3)
		if (line.length > 3 && !memcmp(line.at, months + i, 3))
			return true;
	return false;
}

/* `May 01 10:20:30 host name[123]: `: the journal and syslog. */
static bool take_journal(struct skep_span *line)
{
	struct skep_span rest = skep_span_from(*line, 3);
	int64_t day;
	ptrdiff_t colon;

	if (!is_month(*line))
		return false;
	skep_take_spaces(&rest);
	if (!skep_take_number(&rest, &day) || !skep_take(&rest, SPAN(" ")) ||
	    !take_shape(&rest, "00:00:00"))
		return false;
	colon = skep_span_find(rest, SPAN(": "));
	if (colon < 0 || colon > 128)
		return false;
	*line = skep_span_from(rest, (size_t)colon + 2);
	return true;
}

/* `E0501 10:20:30.123456    1 main.go:12] `: klog. */
static bool take_klog(struct skep_span *line)
{
	struct skep_span rest = *line;
	ptrdiff_t end;

	if (!rest.length || !strchr("IWEF", rest.at[0]))
		return false;
	rest = skep_span_from(rest, 1);
	if (!take_shape(&rest, "0000 00:00:00."))
		return false;
	end = skep_span_find(skep_span_upto(rest, 128), SPAN("] "));
	if (end < 0)
		return false;
	*line = skep_span_from(rest, (size_t)end + 2);
	return true;
}

/* `app-1  | `: docker compose. */
static bool take_container(struct skep_span *line)
{
	struct skep_span rest = *line;
	size_t n = 0;

	while (n < rest.length && n < 64 && (skep_is_word(rest.at[n]) || rest.at[n] == '-'))
		n++;
	if (n < 3 || skep_is_digit(rest.at[0]) || !skep_is_digit(rest.at[n - 1]))
		return false;
	while (n > 0 && skep_is_digit(rest.at[n - 1]))
		n--;
	if (!n || (rest.at[n - 1] != '-' && rest.at[n - 1] != '_'))
		return false;
	while (n < rest.length && skep_is_digit(rest.at[n]))
		n++;
	rest = skep_span_from(rest, n);
	if (!rest.length || rest.at[0] != ' ')
		return false;
	skep_take_spaces(&rest);
	if (!skep_take(&rest, SPAN("|")))
		return false;
	*line = rest;
	return true;
}

/* `time="..." level=warning msg="10: (bf) r6 = r1" subsys=loader`: what is in the quotes. */
static bool take_message(struct skep_span *line)
{
	static const char *const starts[] = { "time=", "level=", "ts=", "msg=\"" };
	bool found = false;
	ptrdiff_t at;
	size_t n = 0;

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		found |= skep_span_starts(*line, skep_span_of(starts[i]));
	at = found ? skep_span_find(*line, SPAN("msg=\"")) : -1;
	if (at < 0 || at > 256)
		return false;
	*line = skep_span_from(*line, (size_t)at + 5);
	while (n < line->length && (line->at[n] != '"' || (n && line->at[n - 1] == '\\')))
		n++;
	*line = skep_span_upto(*line, n);
	skep_take(line, SPAN("\\t"));
	return true;
}

/* Of GitHub's command line: `job<tab>step<tab>2024-05-01T10:20:30.123Z `. */
static bool take_job(struct skep_span *line)
{
	struct skep_span rest = skep_span_upto(*line, 256);
	int tabs = 0;

	for (size_t i = 0; i + 1 < rest.length && tabs < 2; i++) {
		struct skep_span behind = skep_span_from(*line, i + 1);

		if (rest.at[i] != '\t')
			continue;
		if (take_shape(&behind, "0000-00-00T")) {
			*line = skep_span_from(*line, i + 1);
			return true;
		}
		tabs++;
	}
	return false;
}

/* `[2024-05-01T10:20:30Z ERROR app] ` and `[pod/name/container] `. */
static bool take_brackets(struct skep_span *line)
{
	struct skep_span rest = *line;
	ptrdiff_t end;

	if (!skep_take(&rest, SPAN("[")) || rest.length < 8)
		return false;
	end = skep_span_find(skep_span_upto(rest, 160), SPAN("] "));
	if (end < 0 || (!skep_span_starts(rest, SPAN("pod/")) && !take_shape(&rest, "0000-00-00T")))
		return false;
	*line = skep_span_from(*line, (size_t)end + 3);
	return true;
}

/* `verifier_test.go:238: ` */
static bool take_go(struct skep_span *line)
{
	size_t n = 0;
	struct skep_span rest;
	int64_t number;

	while (n < line->length && n < 64 && (skep_is_word(line->at[n]) || line->at[n] == '/'))
		n++;
	rest = skep_span_from(*line, n);
	if (!n || !skep_take(&rest, SPAN(".go:")) || !skep_take_number(&rest, &number) ||
	    !skep_take(&rest, SPAN(":")))
		return false;
	*line = rest;
	return true;
}

static bool take_mark(struct skep_span *line)
{
	static const char *const marks[] = {
		"libbpf: ",          "bpftool: ", "Error: libbpf: ", "stderr: ",  "kernel: ",
		"Verifier output: ", "##[error]", "##[warning]",     "##[debug]", "> ",
		"\xef\xbb\xbf",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (skep_take(line, skep_span_of(marks[i])))
			return true;
	return false;
}

/* Colours, in front and at the end. */
static bool take_colour(struct skep_span *line)
{
	struct skep_span rest = *line;
	size_t n = 0;

	if (!skep_take(&rest, SPAN("\033[")))
		return false;
	while (n < rest.length && (skep_is_digit(rest.at[n]) || rest.at[n] == ';'))
		n++;
	if (n == rest.length)
		return false;
	*line = skep_span_from(rest, n + 1);
	for (;;) {
		size_t end = line->length;

		while (end > 0 && line->length - end < 12 && line->at[end - 1] != '\033')
			end--;
		if (!end || line->at[end - 1] != '\033' || !line->length ||
		    line->at[line->length - 1] != 'm')
			return true;
		*line = skep_span_upto(*line, end - 1);
	}
}

/* aya and others write the first line of the log behind their own words. */
static void take_sentence(struct skep_span *line)
{
	ptrdiff_t at = skep_span_find(*line, SPAN("erifier output: "));
	struct skep_span rest;

	if (at < 0 || at > 200)
		return;
	rest = skep_span_from(*line, (size_t)at + sizeof("erifier output: ") - 1);
	if (skep_span_trim(rest).length)
		*line = rest;
}

static bool take_layer(struct skep_span *line)
{
	static bool (*const takes[])(struct skep_span *) = {
		take_colour, take_uptime,    take_date, take_time,     take_journal, take_mark,
		take_klog,   take_container, take_job,  take_brackets, take_go,      take_message,
	};

	for (size_t i = 0; i < sizeof(takes) / sizeof(takes[0]); i++)
		if (takes[i](line))
			return true;
	return false;
}

/* `10: (b7) r0 = 0` at once: nearly every line comes so. */
static bool is_bare(struct skep_span line)
{
	if (!line.length || line.at[0] == ';' || line.at[0] == '(')
		return true;
	if (line.at[0] == 'R' && line.length > 1 && skep_is_digit(line.at[1]))
		return true;
	if (skep_span_starts(line, SPAN("mark_precise: ")) ||
	    skep_span_starts(line, SPAN("regs=")) || skep_span_starts(line, SPAN("last_idx ")))
		return true;
	return skep_is_digit(line.at[0]) && line.length > 5 && line.at[4] != '-' &&
	       line.at[4] != '/' && (line.at[2] != ':' || line.at[5] != ':');
}

struct skep_span skep_unwrap(struct skep_span line)
{
	if (line.length && line.at[line.length - 1] == '\r')
		line.length--;
	line = skep_span_trim(line);
	for (int layers = 0; layers < 6 && !is_bare(line) && take_layer(&line); layers++)
		line = skep_span_trim(line);
	if (!is_bare(line))
		take_sentence(&line);
	return line;
}
