/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Accesses to the packet: which comparison with its end is there, and what it shows. */
#include "causes.h"

#define PACKET_MOST   65535
#define BRANCHES_MOST 256 /* that are looked at: reading states takes its time */

/* A comparison of a pointer into the packet with its end. */
struct end_check {
	size_t step;
	uint32_t value; /* the pointer */
	int reg;
	bool good;    /* on this path the pointer is not behind the end */
	bool related; /* to the pointer that is used: only numbers are between them */
};

static bool is_type(const struct skep_search *s, size_t step, int reg, struct skep_span type)
{
	return skep_span_is(skep_value_type(skep_search_state(s, step, reg)), type);
}

static bool is_pointer(const struct skep_search *s, size_t step, int reg)
{
	return is_type(s, step, reg, SPAN("pkt")) || is_type(s, step, reg, SPAN("pkt_meta"));
}

/* The packet ends at data_end, and what is before it at data. */
static bool is_bounded(const struct skep_search *s, size_t step, int pointer, int end)
{
	return (is_pointer(s, step, pointer) && is_type(s, step, end, SPAN("pkt_end"))) ||
	       (is_type(s, step, pointer, SPAN("pkt_meta")) && is_type(s, step, end, SPAN("pkt")));
}

static bool read_check(const struct skep_search *s, size_t step, struct end_check *check)
{
	struct skep_op op = skep_insn_decode(&s->c->path.at[step].insn);
	bool left, above, taken = skep_flow_taken(&s->flow, step);

	if (op.kind != SKEP_OP_BRANCH || op.src < 0 || !skep_op_is_ordered(&op))
		return false;
	left = is_bounded(s, step, op.dst, op.src);
	if (!left && !is_bounded(s, step, op.src, op.dst))
		return false;
	above = op.code == SKEP_JUMP_GT || op.code == SKEP_JUMP_GE;
	*check = (struct end_check){ .step = step, .reg = left ? op.dst : op.src };
	check->value = skep_flow_register(&s->flow, step, check->reg);
	check->good = (above == left) != taken;
	check->related =
		skep_flow_root(&s->flow, check->value) == skep_flow_root(&s->flow, s->value);
	return true;
}

/* `ip + ihl * 4`: the step that last moved the pointer by a number that is not fixed. */
static size_t find_move(const struct skep_search *s, int *reg)
{
	uint32_t root = skep_flow_root(&s->flow, s->value);
	const struct skep_value *v = skep_flow_value(&s->flow, root);
	struct skep_op op;

	if (v->kind != SKEP_VALUE_COMPUTED || v->step == SKEP_NO_STEP)
		return SKEP_NO_STEP;
	op = skep_insn_decode(&s->c->path.at[v->step].insn);
	*reg = is_pointer(s, v->step, op.dst) ? op.src : op.dst;
	return v->step;
}

static void add_move(struct skep_search *s, size_t step, int reg, bool checked)
{
	struct skep_range range = skep_search_range(s, step, reg);
	const char *words = skep_range_words(s->c->arena, &range);

	if (range.known && (range.umax > PACKET_MOST || range.smin < 0)) {
		skep_search_set(s, "lost", range.smin < 0 ? "signed" : "upper");
		skep_search_add(
			s, step,
			"the pointer is moved by %s here, which may be more than a packet has: "
			"no later check counts",
			words);
		skep_search_add_number(s, step, reg);
	} else if (!checked) {
		skep_search_set(s, "lost", "arith");
		skep_search_add(
			s, step,
			"the pointer is moved by %s here, and not compared with the end after "
			"that",
			words);
	}
}

/* The range may come from another check: then this one does not show so much, or so little. */
static void add_shown(struct skep_search *s, const struct end_check *check, int64_t range)
{
	struct skep_span state = skep_search_state(s, check->step, check->reg);
	size_t before = s->c->cause_count;
	int64_t off = 0;

	if (!skep_value_number(state, "off", &off) || !off)
		skep_value_number(state, "imm", &off);
	skep_search_add(s, check->step,
			range == 1 ? "this check shows only that %lld byte is there"
				   : "this check shows only that %lld bytes are there",
			(long long)range);
	if (s->c->cause_count > before)
		s->vague[before] = off < range - 1 || off > range + 1;
}

/* On the other side of a check: how much less is there than it asked for. */
static void add_short(struct skep_search *s, const struct end_check *check)
{
	struct skep_span state = skep_search_state(s, check->step, check->reg);
	struct skep_op op = skep_insn_decode(&s->c->path.at[check->step].insn);
	bool taken = skep_flow_taken(&s->flow, check->step);
	bool equal = taken == (op.code == SKEP_JUMP_GE || op.code == SKEP_JUMP_LE);
	int64_t off = 0, id = 0;

	if (!skep_value_number(state, "off", &off) || !off)
		skep_value_number(state, "imm", &off);
	skep_value_number(state, "id", &id);
	if (off <= 0 || off > PACKET_MOST)
		skep_search_add(s, check->step,
				"on this path this check has shown that the packet ends %sbefore "
				"this pointer",
				equal ? "at or " : "");
	else
		skep_search_add(s, check->step,
				"on this path this check has shown that %s %lld byte%s %s there%s",
				equal ? "at most" : "fewer than", (long long)off,
				off == 1 ? "" : "s", off == 1 ? "is" : "are",
				id ? ", from where the pointer was moved to" : "");
}

static void add_related(struct skep_search *s, const struct end_check *check)
{
	int64_t range;

	if (!check->good && is_type(s, check->step, check->reg, SPAN("pkt_meta"))) {
		skep_search_set(s, "lost", "inverted");
		skep_search_add(s, check->step,
				"on this path this check has shown that the metadata ends before");
	} else if (!check->good) {
		skep_search_set(s, "lost", "inverted");
		add_short(s, check);
	} else if (skep_fields_number(&s->c->fields, SPAN("range"), &range) && range > 0) {
		skep_search_set(s, "lost", "large");
		add_shown(s, check, range);
	} else {
		skep_search_set(s, "lost", "large");
		skep_search_add(s, check->step,
				"this check does not show that so many bytes are there");
	}
}

/* The nearest check that is related to the pointer, and else the nearest of all. */
static bool add_checks(struct skep_search *s, size_t move, size_t *step)
{
	struct end_check check, other = { .step = SKEP_NO_STEP };
	size_t branches = 0;

	for (size_t i = s->c->refused + 1; i < s->c->path.count; i++) {
		if (!skep_insn_is_branch(&s->c->path.at[i].insn))
			continue;
		if (++branches > BRANCHES_MOST)
			break;
		if (!read_check(s, i, &check))
			continue;
		if (check.related) {
			*step = i;
			add_related(s, &check);
			return true;
		}
		if (other.step == SKEP_NO_STEP)
			other = check;
	}
	if (other.step == SKEP_NO_STEP)
		return false;
	*step = other.step;
	skep_search_set(s, "lost", "copy");
	skep_search_add(s, other.step,
			move != SKEP_NO_STEP && move < other.step
				? "this check is of the pointer before it was moved"
				: "this check is of another pointer into the packet");
	return false;
}

/* Where `data` was fetched. */
static void add_begin(struct skep_search *s)
{
	uint32_t id = s->value;

	for (int depth = 0; depth < 32; depth++) {
		const struct skep_value *v = skep_flow_value(&s->flow, id);
		struct skep_op op;

		if (v->kind == SKEP_VALUE_LOAD)
			skep_search_add(
				s, v->step,
				"%s begins here; nothing compares this pointer with its end",
				is_type(s, s->c->refused, s->c->reg, SPAN("pkt_meta"))
					? "the metadata"
					: "the packet");
		if (v->kind != SKEP_VALUE_COMPUTED || v->step == SKEP_NO_STEP)
			return;
		op = skep_insn_decode(&s->c->path.at[v->step].insn);
		id = v->with && is_pointer(s, v->step, op.src) ? v->with : v->from;
	}
}

/*
 * `if (len < 20)`: lengths that the packet or the context tells are only numbers, and say nothing
 * of where the packet ends. The last such comparison since the check that counts.
 */
static bool add_length(struct skep_search *s, size_t since)
{
	size_t branches = 0;

	for (size_t i = s->c->refused + 1; i < s->c->path.count && i < since; i++) {
		struct skep_op op = skep_insn_decode(&s->c->path.at[i].insn);
		uint32_t root = skep_flow_root(&s->flow, skep_flow_register(&s->flow, i, op.dst));
		const struct skep_value *v = skep_flow_value(&s->flow, root);
		bool length;

		if (!skep_op_is_ordered(&op))
			continue;
		if (++branches > BRANCHES_MOST)
			break;
		if (v->step == SKEP_NO_STEP || !is_type(s, i, op.dst, SPAN("scalar")))
			continue;
		length = v->kind == SKEP_VALUE_COMPUTED && v->code == SKEP_ALU_SUB;
		if (v->kind == SKEP_VALUE_LOAD) {
			int base = skep_insn_decode(&s->c->path.at[v->step].insn).src;

			length = is_pointer(s, v->step, base) ||
				 is_type(s, v->step, base, SPAN("ctx"));
		}
		if (!length)
			continue;
		skep_search_set(s, "lost", "length");
		skep_search_add(
			s, i,
			"this compares a number: only comparing a pointer with the end of the "
			"packet counts");
		return true;
	}
	return false;
}

bool skep_cause_find_packet(struct skep_search *s)
{
	int reg = -1;
	size_t check = SKEP_NO_STEP, move = find_move(s, &reg);
	bool checked = add_checks(s, move, &check);
	bool length = move == SKEP_NO_STEP && add_length(s, check);

	if (move != SKEP_NO_STEP)
		add_move(s, move, reg, checked);
	if (check == SKEP_NO_STEP) {
		skep_search_set(s, "lost", "none");
		add_begin(s);
	}
	return is_pointer(s, s->c->refused, s->c->reg) && s->c->cause_count > 0 && !length;
}
