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
	return true;
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

static bool take_mark(struct skep_span *line)
{
	static const char *const marks[] = {
		"libbpf: ", "bpftool: ", "Error: libbpf: ",
		"stderr: ", "kernel: ",  "Verifier output: ",
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (skep_take(line, skep_span_of(marks[i])))
			return true;
	return false;
}

/* aya and others write the first line of the log behind their own words. */
static bool take_sentence(struct skep_span *line)
{
	ptrdiff_t at = skep_span_find(*line, SPAN("erifier output: "));

	if (at < 0 || at > 200)
		return false;
	*line = skep_span_from(*line, (size_t)at + sizeof("erifier output: ") - 1);
	return true;
}

struct skep_span skep_unwrap(struct skep_span line)
{
	if (line.length && line.at[line.length - 1] == '\r')
		line.length--;
	line = skep_span_trim(line);
	/* The verifier's own lines begin so, nearly all of them. */
	if (!line.length || line.at[0] == ';' || line.at[0] == '(')
		return line;
	if (skep_is_digit(line.at[0]) && line.length > 4 && line.at[4] != '-' && line.at[4] != '/')
		return line;
	for (int layers = 0; layers < 4; layers++) {
		if (!take_uptime(&line) && !take_date(&line) && !take_journal(&line) &&
		    !take_mark(&line))
			break;
		skep_take_spaces(&line);
	}
	take_sentence(&line);
	return line;
}
