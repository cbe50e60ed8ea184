/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "c_parse.h"

#include <stdlib.h>

#define DEPTH_MOST 100
#define COUNT_MOST 4096

struct parser {
	const struct skep_ctext *c;
	struct skep_cbody *body;
	size_t end;
};

/* Where a statement stands: what it is in, and behind what. */
struct site {
	int parent;
	bool lone;
	size_t lead;
	int depth;
};

static int add(struct parser *p, enum skep_cstatement_kind kind, size_t start,
	       const struct site *site)
{
	struct skep_cbody *body = p->body;

	if (body->count == body->room && !body->failed) {
		size_t room = body->room ? 2 * body->room : 64;
		void *more =
			room <= COUNT_MOST ? realloc(body->at, room * sizeof(*body->at)) : NULL;

		body->failed = !more;
		if (more) {
			body->at = more;
			body->room = room;
		}
	}
	if (body->failed || site->depth > DEPTH_MOST) {
		body->failed = true;
		return -1;
	}
	body->at[body->count] = (struct skep_cstatement){
		.kind = kind,
		.start = start,
		.end = p->end,
		.head = SKEP_NOWHERE,
		.head_end = start,
		.lead = site->lead,
		.parent = site->parent,
		.body = -1,
		.other = -1,
		.lone = site->lone && kind != SKEP_C_BLOCK,
	};
	return (int)body->count++;
}

static size_t parse(struct parser *p, size_t at, const struct site *site);

static size_t skip(const struct parser *p, size_t at)
{
	return skep_ctext_skip(p->c, at, p->end);
}

static size_t parse_block(struct parser *p, size_t at, int self, int depth)
{
	const struct site site = { .parent = self, .depth = depth + 1 };

	for (at = skip(p, at + 1); at < p->end && !p->body->failed && p->c->code[at] != '}';
	     at = skip(p, at))
		at = parse(p, at, &site);
	return at < p->end ? at + 1 : p->end;
}

/* The body of a control statement; its number in `*number`. */
static size_t parse_body(struct parser *p, size_t lead, int self, int depth, int *number)
{
	const struct site site = { self, true, lead, depth + 1 };

	*number = (int)p->body->count;
	return parse(p, skip(p, lead), &site);
}

/* if, for, while, switch, do, and macros that are used like these. */
static size_t parse_control(struct parser *p, size_t at, enum skep_cstatement_kind kind,
			    const struct site *site)
{
	struct skep_span word = skep_ctext_word(p->c, at);
	int self = add(p, kind, at, site), number;
	size_t head, end;

	if (self < 0)
		return p->end;
	head = skip(p, at + word.length);
	if (skep_span_is(word, SPAN("do"))) {
		end = parse_body(p, at + word.length, self, site->depth, &number);
		while (end < p->end && p->c->code[end] != ';')
			end++;
	} else {
		p->body->at[self].head = head;
		p->body->at[self].head_end = end = skep_ctext_match(p->c, head, p->end);
		end = parse_body(p, end, self, site->depth, &number);
	}
	if (p->body->failed)
		return p->end;
	p->body->at[self].body = number;
	if (kind == SKEP_C_IF && skep_ctext_is_word(p->c, skip(p, end), SPAN("else"))) {
		end = parse_body(p, skip(p, end) + 4, self, site->depth, &number);
		if (p->body->failed)
			return p->end;
		p->body->at[self].other = number;
	}
	end += skep_span_is(word, SPAN("do")) && end < p->end;
	p->body->at[self].end = end;
	return end;
}

static size_t parse_plain(struct parser *p, size_t at, enum skep_cstatement_kind kind,
			  const struct site *site)
{
	int self = add(p, kind, at, site);

	while (at < p->end && p->c->code[at] != ';' && p->c->code[at] != '}')
		at = p->c->code[at] && strchr("([{", p->c->code[at])
			     ? skep_ctext_match(p->c, at, p->end)
			     : at + 1;
	at += at < p->end && p->c->code[at] == ';';
	if (self >= 0)
		p->body->at[self].end = at;
	return at;
}

static size_t parse_label(struct parser *p, size_t at, const struct site *site)
{
	int self = add(p, SKEP_C_LABEL, at, site);

	while (at < p->end && p->c->code[at] != ':')
		at++;
	at += at < p->end;
	if (self >= 0)
		p->body->at[self].end = at;
	return at;
}

static enum skep_cstatement_kind kind_of(const struct parser *p, size_t at, struct skep_span word)
{
	static const struct {
		const char *word;
		enum skep_cstatement_kind kind;
	} kinds[] = {
		{ "if", SKEP_C_IF },         { "for", SKEP_C_LOOP },      { "while", SKEP_C_LOOP },
		{ "do", SKEP_C_LOOP },       { "switch", SKEP_C_SWITCH }, { "case", SKEP_C_LABEL },
		{ "default", SKEP_C_LABEL }, { "return", SKEP_C_RETURN }, { "goto", SKEP_C_JUMP },
		{ "break", SKEP_C_JUMP },    { "continue", SKEP_C_JUMP },
	};
	size_t next = skip(p, at + word.length), behind;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (skep_span_is(word, skep_span_of(kinds[i].word)))
			return kinds[i].kind;
	if (!word.length || next >= p->end)
		return SKEP_C_PLAIN;
	if (p->c->code[next] == ':')
		return SKEP_C_LABEL;
	/* bpf_for(i, 0, 10) { */
	if (p->c->code[next] != '(')
		return SKEP_C_PLAIN;
	behind = skip(p, skep_ctext_match(p->c, next, p->end));
	return behind < p->end && p->c->code[behind] == '{' ? SKEP_C_LOOP : SKEP_C_PLAIN;
}

static size_t parse(struct parser *p, size_t at, const struct site *site)
{
	struct skep_span word = skep_ctext_word(p->c, at);
	enum skep_cstatement_kind kind = kind_of(p, at, word);
	size_t end;
	int self;

	if (at >= p->end) {
		p->body->failed = true;
		return p->end;
	}
	if (p->c->code[at] == '{') {
		self = add(p, SKEP_C_BLOCK, at, site);
		end = self < 0 ? p->end : parse_block(p, at, self, site->depth);
		if (!p->body->failed)
			p->body->at[self].end = end;
		return end;
	}
	if (kind == SKEP_C_IF || kind == SKEP_C_LOOP || kind == SKEP_C_SWITCH)
		return parse_control(p, at, kind, site);
	if (kind == SKEP_C_LABEL)
		return parse_label(p, at, site);
	/* What is no statement must still bring us on. */
	if (strchr(")]}", p->c->code[at])) {
		p->body->failed = true;
		return p->end;
	}
	return parse_plain(p, at, kind, site);
}

void skep_cbody_parse(const struct skep_ctext *c, const struct skep_cfunction *function,
		      struct skep_cbody *body)
{
	struct parser p = { c, body, function->end };

	*body = (struct skep_cbody){ 0 };
	parse_block(&p, function->body, -1, 0);
}

void skep_cbody_free(struct skep_cbody *body)
{
	free(body->at);
	*body = (struct skep_cbody){ 0 };
}

int skep_cbody_find(const struct skep_cbody *body, size_t at)
{
	int found = -1;

	/* Children come behind their parents: the last that holds it is the innermost. */
	for (size_t i = 0; i < body->count && !body->failed; i++)
		if (body->at[i].kind != SKEP_C_BLOCK && body->at[i].start <= at &&
		    at < body->at[i].end)
			found = (int)i;
	return found;
}

int skep_cbody_before(const struct skep_cbody *body, int statement)
{
	for (int i = statement - 1; i >= 0 && i != body->at[statement].parent; i--)
		if (body->at[i].parent == body->at[statement].parent)
			return i;
	return -1;
}

int skep_cbody_after(const struct skep_cbody *body, int statement)
{
	for (size_t i = (size_t)statement + 1; i < body->count; i++)
		if (body->at[i].parent == body->at[statement].parent)
			return (int)i;
	return -1;
}
