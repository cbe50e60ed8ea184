/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "lines.h"

struct prefix {
	struct skep_span text;
	enum skep_line_kind kind;
};

#define PREFIX(literal, kind)                                                                      \
	{                                                                                          \
		{ (literal), sizeof(literal) - 1 }, (kind)                                         \
	}

static const struct prefix prefixes[] = {
	PREFIX("; ", SKEP_LINE_SOURCE),
	PREFIX("processed ", SKEP_LINE_PROCESSED),
	PREFIX("verification time ", SKEP_LINE_STATS),
	PREFIX("stack depth ", SKEP_LINE_STATS),
	PREFIX("subprog ", SKEP_LINE_STATS),
	PREFIX("Verification failed:", SKEP_LINE_REPORT),
	PREFIX("caller:", SKEP_LINE_STATE),
	PREFIX("callee:", SKEP_LINE_STATE),
	PREFIX("returning from callee:", SKEP_LINE_STATE),
	PREFIX("to caller at ", SKEP_LINE_STATE),
	PREFIX("cur state:", SKEP_LINE_STATE),
	PREFIX("old state:", SKEP_LINE_STATE),
	PREFIX("Live regs before insn:", SKEP_LINE_NOTE),
	PREFIX("func#", SKEP_LINE_NOTE),
	PREFIX("last_idx ", SKEP_LINE_NOTE),
	PREFIX("regs=", SKEP_LINE_NOTE),
	PREFIX("parent ", SKEP_LINE_NOTE),
	PREFIX("mark_precise:", SKEP_LINE_NOTE),
	PREFIX("force_precise:", SKEP_LINE_NOTE),
	PREFIX("SCC ", SKEP_LINE_NOTE),
	PREFIX("propagating ", SKEP_LINE_NOTE),
	PREFIX("Validating ", SKEP_LINE_NOTE),
	PREFIX("BPF program '", SKEP_LINE_LOADER),
	PREFIX("-- BEGIN ", SKEP_LINE_LOADER),
	PREFIX("-- END ", SKEP_LINE_LOADER),
	PREFIX("failed to load", SKEP_LINE_LOADER),
	PREFIX("failed to open", SKEP_LINE_LOADER),
	PREFIX("ERROR: Error loading BPF", SKEP_LINE_LOADER),
	PREFIX("Kernel error log:", SKEP_LINE_LOADER),
	PREFIX("Error: failed to load", SKEP_LINE_LOADER),
	PREFIX("The program ", SKEP_LINE_LOADER),
	PREFIX("loading ", SKEP_LINE_LOADER),
};

/* R1=..., fp-8=..., refs=..., frame1: R1=...: how a state begins. */
static bool is_state(struct skep_span text)
{
	int64_t number;
	size_t word;

	if (skep_take(&text, SPAN("frame"))) {
		if (!skep_take_number(&text, &number) || !skep_take(&text, SPAN(":")))
			return false;
		skep_take_spaces(&text);
		return !text.length || is_state(text);
	}
	if (skep_take(&text, SPAN("fp-")))
		return skep_span_find_char(skep_span_upto(text, 8), '=') > 0;
	if (skep_span_starts(text, SPAN("refs=")))
		return true;
	if (!text.length || text.at[0] != 'R' || text.length < 3 || !skep_is_digit(text.at[1]))
		return false;
	word = skep_span_word(text);
	return word <= 8 && word < text.length && text.at[word] == '=';
}

/* Lines that begin with `N: `. */
static enum skep_line_kind numbered(struct skep_span text)
{
	skep_take_spaces(&text);
	if (text.length > 3 && text.at[0] == '(' && text.at[3] == ')')
		return SKEP_LINE_INSN;
	if (!text.length || is_state(text) || skep_span_starts(text, SPAN("safe")))
		return SKEP_LINE_STATE;
	/* Live registers, of log level 2: `3: .1....6..  (bf) r0 = r1`. */
	if (skep_span_find(skep_span_upto(text, 24), SPAN("(")) > 0 &&
	    (text.at[0] == '.' || skep_is_digit(text.at[0])))
		return SKEP_LINE_NOTE;
	return SKEP_LINE_TEXT;
}

static bool is_from(struct skep_span text)
{
	int64_t number;

	return skep_take(&text, SPAN("from ")) && skep_take_number(&text, &number) &&
	       skep_take(&text, SPAN(" to ")) && skep_take_number(&text, &number);
}

/* `(3,15) frame 0 insn 6 +live -8`: what Linux 6.18 notes of the stack, at log level 2. */
static bool is_call_chain(struct skep_span text)
{
	size_t n = 1;

	if (text.length < 4 || text.at[0] != '(' || !skep_is_digit(text.at[1]))
		return false;
	while (n < text.length && (skep_is_digit(text.at[n]) || text.at[n] == ','))
		n++;
	return n + 1 < text.length && text.at[n] == ')' && text.at[n + 1] == ' ';
}

/* `prog 'x': ...` and the like; those that say what is wrong are TEXT. */
static bool is_progress(struct skep_span text)
{
	ptrdiff_t colon = skep_span_find(text, SPAN("': "));

	if (colon < 0 ||
	    (!skep_span_starts(text, SPAN("prog '")) && !skep_span_starts(text, SPAN("object '"))))
		return false;
	text = skep_span_from(text, (size_t)colon + 3);
	return skep_span_starts(text, SPAN("BPF program load failed")) ||
	       skep_span_starts(text, SPAN("-- ")) ||
	       skep_span_starts(text, SPAN("failed to load"));
}

enum skep_line_kind skep_line_kind(struct skep_span text)
{
	struct skep_span rest = text;
	int64_t number;

	if (!text.length)
		return SKEP_LINE_BLANK;
	if (skep_is_digit(text.at[0]) && skep_take_number(&rest, &number) &&
	    skep_take(&rest, SPAN(":")))
		return numbered(rest);
	if (skep_span_is(text, SPAN(";")))
		return SKEP_LINE_SOURCE;
	/* Where the middle of a log is cut out, a line may begin with what an instruction changed. */
	if (skep_take(&rest, SPAN("; ")) && is_state(rest))
		return SKEP_LINE_STATE;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (text.at[0] == prefixes[i].text.at[0] &&
		    skep_span_starts(text, prefixes[i].text))
			return prefixes[i].kind;
	if (is_from(text))
		return SKEP_LINE_FROM;
	if (is_state(text))
		return SKEP_LINE_STATE;
	if (is_call_chain(text) || skep_span_starts(text, SPAN("Func#")) ||
	    (skep_take(&rest, SPAN("frame ")) && skep_take_number(&rest, &number)))
		return SKEP_LINE_NOTE;
	return is_progress(text) ? SKEP_LINE_LOADER : SKEP_LINE_TEXT;
}
