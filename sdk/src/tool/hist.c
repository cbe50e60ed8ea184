/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Histograms, as text and as JSON. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skep/error.h>
#include <skep/hist.h>

#include "tool/tool.h"

#define TEXT_BYTES 8192 /* always enough, says skep_hist_format() */
#define SLOTS      64

/* Whole numbers as such: most are. */
static json_t *number(double value)
{
	if (value > -9e15 && value < 9e15 && (double)(json_int_t)value == value)
		return json_integer((json_int_t)value);
	return json_real(value);
}

static json_t *slots_of(const struct skep_hist *hist)
{
	json_t *slots = json_array();

	for (unsigned int i = 0; slots && i < SLOTS; i++) {
		double from, to;

		if (!hist->slots[i] || skep_hist_bounds(hist, i, &from, &to))
			continue;
		if (json_array_append_new(slots, json_pack("{s:o,s:o,s:o}", "from", number(from),
							   "to", number(to), "count",
							   skep_tool_json_uint(hist->slots[i])))) {
			json_decref(slots);
			return NULL;
		}
	}
	return slots;
}

static int write_json(struct skep_tool *tool, const char *name, const struct skep_hist *hist,
		      const char *unit)
{
	json_t *object = json_pack(
		"{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "count", skep_tool_json_uint(hist->count), "mean",
		number(skep_hist_mean(hist)), "p50", number(skep_hist_percentile(hist, 50)), "p90",
		number(skep_hist_percentile(hist, 90)), "p99",
		number(skep_hist_percentile(hist, 99)), "unit",
		unit ? skep_tool_json_text(unit, strlen(unit)) : json_null(), "slots",
		slots_of(hist));
	int err = -ENOMEM;

	if (object && (!name || !json_object_set_new(object, "name",
						     skep_tool_json_text(name, strlen(name)))))
		err = skep_tool_write_json(tool, object);
	else
		skep_error_set(ENOMEM, NULL, "no memory for a histogram");
	json_decref(object);
	return err;
}

static int write_text(struct skep_tool *tool, const char *name, const struct skep_hist *hist,
		      const char *unit)
{
	char text[TEXT_BYTES];
	size_t n = skep_hist_format(hist, unit, text, sizeof(text));

	if (name) {
		skep_tool_buffer_escape(&tool->line, name, strlen(name), false);
		skep_tool_buffer_add(&tool->line, "\n", 1);
	}
	skep_tool_buffer_add(&tool->line, text, n < sizeof(text) ? n : sizeof(text) - 1);
	if (tool->line.failed)
		return skep_error_set(ENOMEM, NULL, "no memory for a histogram");
	return skep_tool_write(tool, tool->line.data, tool->line.used);
}

int skep_tool_hist(struct skep_tool *tool, const char *name, const struct skep_hist *hist,
		   const char *unit)
{
	int err;

	if (!tool)
		return skep_tool_fail_none();
	if (!hist)
		return skep_error_set(EBADF, "read it with skep_hist_get()",
				      "there is no histogram");
	if (tool->at || tool->wrong)
		return skep_error_set(EBUSY, "end it with skep_tool_row_end()", "a row was begun");
	err = tool->json ? write_json(tool, name, hist, unit) : write_text(tool, name, hist, unit);
	skep_tool_buffer_clear(&tool->line);
	skep_tool_buffer_clear(&tool->note);
	return err;
}
