/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Causes by what the source says around the refused line: loops, returns, types of maps. */
#include <errno.h>

#include "verifier/c/c_parse.h"
#include "causes.h"
#include "verifier/c/program_file.h"
#include "verifier/facts/verdicts.h"

/* The loops around the refused line, the innermost first. */
bool skep_program_add_loops(struct skep_search *s, const struct skep_program_file *f)
{
	size_t at = skep_ctext_line(&f->text, f->refused.line);
	struct skep_cfunction function;
	struct skep_cbody body = { 0 };
	bool found = false;

	if (at == SKEP_NOWHERE)
		return false;
	at = skep_ctext_skip(&f->text, at, f->text.length);
	if (!skep_cfunction_around(&f->text, at, &function))
		return false;
	skep_cbody_parse(&f->text, &function, &body);
	for (int i = body.failed ? -1 : skep_cbody_find(&body, at); i >= 0; i = body.at[i].parent)
		if (body.at[i].kind == SKEP_C_LOOP)
			found |= skep_program_add_line(
				s, f, skep_ctext_line_of(&f->text, body.at[i].start),
				"this loop is around it");
	skep_cbody_free(&body);
	return found;
}

/* Errors that programs return by name. */
static bool error_number(struct skep_span name, int64_t *number)
{
	static const struct {
		const char *name;
		int number;
	} errors[] = {
		{ "EPERM", EPERM },     { "ENOENT", ENOENT },         { "EIO", EIO },
		{ "E2BIG", E2BIG },     { "EAGAIN", EAGAIN },         { "ENOMEM", ENOMEM },
		{ "EACCES", EACCES },   { "EFAULT", EFAULT },         { "EBUSY", EBUSY },
		{ "EEXIST", EEXIST },   { "ENODEV", ENODEV },         { "EINVAL", EINVAL },
		{ "ENOSPC", ENOSPC },   { "ERANGE", ERANGE },         { "ENOTSUP", EOPNOTSUPP },
		{ "ENODATA", ENODATA }, { "EOPNOTSUPP", EOPNOTSUPP },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (skep_span_is(name, skep_span_of(errors[i].name))) {
			*number = errors[i].number;
			return true;
		}
	return false;
}

/* `#define DENY -1` and `DENY = -1,` of an enum. */
static bool named_number(const struct skep_program_file *f, struct skep_span name, int64_t *number)
{
	struct skep_span all = { f->text.text, f->text.length };

	for (int tries = 0; name.length && tries < 16; tries++) {
		ptrdiff_t at = skep_span_find_word(all, name);
		bool defined, assigned;

		if (at < 0)
			return false;
		defined = at >= 8 && !memcmp(all.at + at - 8, "#define ", 8);
		all = skep_span_from(all, (size_t)at + name.length);
		skep_take_spaces(&all);
		assigned = skep_take(&all, SPAN("= "));
		skep_take(&all, SPAN("("));
		if ((defined || assigned) && skep_take_number(&all, number))
			return all.length && !skep_is_word(all.at[0]);
	}
	return false;
}

/* `-1;`, `-EPERM;`, `DENY;`: what is returned, where it is one number. */
static bool returned_number(const struct skep_program_file *f, struct skep_span text,
			    int64_t *number)
{
	struct skep_span name, rest = text;
	bool minus;

	if (skep_take_number(&rest, number))
		return rest.length && rest.at[0] == ';';
	minus = skep_take(&text, SPAN("-"));
	name = skep_span_upto(text, skep_span_word(text));
	text = skep_span_from(text, name.length);
	if (!name.length || !text.length || text.at[0] != ';' ||
	    (!error_number(name, number) && !named_number(f, name, number) &&
	     (minus || !skep_verdict_number(name, number))))
		return false;
	*number = minus ? -(uint64_t)*number : (uint64_t)*number;
	return true;
}

/* `return -EPERM;` of the function, where just one returns the number that is refused. */
bool skep_program_add_return(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_range range = skep_search_range(s, s->c->refused, 0);
	size_t at = skep_ctext_line(&f->text, f->refused.line);
	unsigned found = 0, count = 0;
	struct skep_cfunction function;

	if (at != SKEP_NOWHERE && skep_cfunction_around(&f->text, at, &function) &&
	    function.section.length)
		skep_search_set_meaning(s, function.section);
	if (!range.constant || at == SKEP_NOWHERE ||
	    skep_span_find(skep_span_of(f->refused.text), SPAN("return")) >= 0 ||
	    !skep_cfunction_around(&f->text, at, &function))
		return false;
	at = function.body;
	while ((at = skep_ctext_find(&f->text, at, function.end, SPAN("return"))) != SKEP_NOWHERE) {
		size_t from = skep_ctext_skip(&f->text, at + 6, function.end);
		struct skep_span text = skep_ctext_code(&f->text, from, function.end);
		int64_t number;

		at += 6;
		if (returned_number(f, text, &number) && (int32_t)number == (int32_t)range.smin) {
			found = skep_ctext_line_of(&f->text, from);
			count++;
		}
	}
	return count == 1 &&
	       skep_program_add_line(s, f, found, "this is the number that is returned");
}

/* What a compiler takes for unreachable has no end. */
bool skep_program_add_unreachable(struct skep_search *s, const struct skep_program_file *f)
{
	size_t at = skep_ctext_find(&f->text, 0, f->text.length, SPAN("__builtin_unreachable"));

	return at != SKEP_NOWHERE &&
	       skep_program_add_line(
		       s, f, skep_ctext_line_of(&f->text, at),
		       "the compiler believes that this is never reached, and ends the "
		       "function without a return");
}

/* The only map whose type sleepable programs cannot use. */
bool skep_program_add_unsleepable(struct skep_search *s, const struct skep_program_file *f)
{
	static const char *const types[] = {
		"BPF_MAP_TYPE_PERF_EVENT_ARRAY",
		"BPF_MAP_TYPE_PROG_ARRAY",
		"BPF_MAP_TYPE_STACK_TRACE",
		"BPF_MAP_TYPE_CGROUP_ARRAY",
		"BPF_MAP_TYPE_LPM_TRIE",
		"BPF_MAP_TYPE_SOCKMAP",
		"BPF_MAP_TYPE_SOCKHASH",
		"BPF_MAP_TYPE_QUEUE",
		"BPF_MAP_TYPE_STACK",
		"BPF_MAP_TYPE_BLOOM_FILTER",
	};
	size_t found = SKEP_NOWHERE;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t at = skep_ctext_find(&f->text, 0, f->text.length, skep_span_of(types[i]));

		if (at != SKEP_NOWHERE && found != SKEP_NOWHERE)
			return false;
		found = at != SKEP_NOWHERE ? at : found;
	}
	return found != SKEP_NOWHERE &&
	       skep_program_add_line(s, f, skep_ctext_line_of(&f->text, found),
				     "a map of this type cannot be used by sleepable programs");
}

/* A member of the declaration above a line; 0: there is none. */
static unsigned find_member(const struct skep_program_file *f, unsigned last,
			    struct skep_span member)
{
	for (unsigned line = last; line > 0 && line + 40 > last; line--) {
		if (skep_span_find_word(skep_program_line(f, line), member) >= 0)
			return line;
		if (skep_span_starts(skep_program_line(f, line), SPAN("struct")))
			break;
	}
	return 0;
}

/* Where `} NAME SEC(".maps")` is that a line belongs to: its name; empty. */
static struct skep_span map_around(const struct skep_program_file *f, unsigned line)
{
	for (unsigned at = line; at < line + 24; at++) {
		struct skep_span text = skep_program_line(f, at);

		if (skep_span_starts(text, SPAN("} ")) && skep_span_find(text, SPAN("SEC(")) > 0) {
			text = skep_span_from(text, 2);
			return skep_span_upto(text, skep_span_word(text));
		}
	}
	return SPAN("");
}

/* The first use of the second arena; or what the only one lacks. */
bool skep_program_add_arenas(struct skep_search *s, const struct skep_program_file *f)
{
	bool one = skep_span_find(s->c->message, SPAN("map_extra")) >= 0;
	bool two = skep_span_find(s->c->message, SPAN("Only one arena")) >= 0;
	struct skep_span names[2] = { SPAN(""), SPAN("") };
	unsigned lines[2] = { 0, 0 }, last = skep_ctext_line_of(&f->text, f->text.length);
	int count = 0;

	for (unsigned line = 1; (one || two) && line <= last && count < 2; line++) {
		struct skep_span text = skep_program_line(f, line);

		if (!skep_span_starts(text, SPAN("__uint(type")) ||
		    skep_span_find(text, SPAN("ARENA")) < 0)
			continue;
		names[count] = map_around(f, line);
		lines[count++] = line;
	}
	if (one && count == 1) {
		for (unsigned line = lines[0]; line < lines[0] + 8; line++)
			if (skep_span_find(skep_program_line(f, line), SPAN("max_entries")) >= 0)
				return skep_program_add_line(
					s, f, line, "beside this the arena says no map_extra");
		return skep_program_add_line(s, f, lines[0], "this arena says no map_extra");
	}
	for (unsigned line = lines[1]; two && count == 2 && names[1].length && line <= last;
	     line++) {
		struct skep_span text = skep_program_line(f, line);
		ptrdiff_t at = skep_span_find_word(text, names[1]);

		if (at > 0 && text.at[at - 1] == '&')
			skep_program_add_once(s, f, line, "the second arena is used here");
		if (s->c->cause_count)
			return skep_program_add_once(s, f, lines[1], "the second arena");
	}
	return false;
}

/* `struct bpf_map_def SEC("maps") ...` */
bool skep_program_add_old_map(struct skep_search *s, const struct skep_program_file *f)
{
	struct skep_span all = { f->text.text, f->text.length };
	ptrdiff_t at = skep_span_find(all, SPAN("SEC(\"maps\")"));

	return skep_span_find(s->c->message, SPAN("map definition")) >= 0 && at >= 0 &&
	       skep_program_add_line(s, f, skep_ctext_line_of(&f->text, (size_t)at),
				     "this map is declared in the old way");
}

/* What most often keeps a map from being made: keys of arrays, sizes of rings. */
bool skep_program_add_creation(struct skep_search *s, const struct skep_program_file *f,
			       unsigned last)
{
	unsigned type = find_member(f, last, SPAN("type"));
	unsigned key = find_member(f, last, SPAN("key"));
	unsigned entries = find_member(f, last, SPAN("max_entries"));
	struct skep_span kind = skep_program_line(f, type);
	bool array = skep_span_find(kind, SPAN("ARRAY")) >= 0;

	if (type && key && array && skep_span_find(skep_program_line(f, key), SPAN("32")) < 0 &&
	    skep_span_find_word(skep_program_line(f, key), SPAN("int")) < 0)
		return skep_program_add_line(s, f, key, "keys of arrays have 4 bytes");
	if (type && entries && skep_span_find(kind, SPAN("RINGBUF")) >= 0)
		return skep_program_add_line(
			s, f, entries, "the size of a ring is a power of two, and whole pages");
	return type && skep_program_add_line(s, f, type, "the map is declared here");
}
