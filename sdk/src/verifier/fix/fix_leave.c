/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How a function is left where there is nothing to do, with all given back that it holds. */
#include "fixer.h"
#include "verifier/facts/names.h"
#include "verifier/facts/release.h"

#define PACKET_BOUNDS 101 /* SKEP-V101 */

/* XDP_PASS, -1, 0: what a function may return anywhere. */
static bool is_constant(struct skep_span value)
{
	size_t n = skep_span_word(value);

	if (value.length && value.at[0] == '-')
		n = 1 + skep_span_word(skep_span_from(value, 1));
	if (!n || n != value.length)
		return false;
	for (size_t i = 0; i < n; i++)
		if (value.at[i] >= 'a' && value.at[i] <= 'z' && value.at[i] != 'x')
			return false;
	return true;
}

static struct skep_span returned(const struct skep_fixer *fx, const struct skep_cstatement *s)
{
	return skep_span_trim(skep_ctext_code(&fx->text, s->start + 6, s->end - 1));
}

/* What the function's own checks return: `if (!x) return -1;`. Else what it returns at its end. */
static struct skep_span usual_return(const struct skep_fixer *fx)
{
	struct skep_span last = SPAN("");

	for (size_t i = 0; i < fx->body.count; i++) {
		const struct skep_cstatement *s = &fx->body.at[i];
		const struct skep_cstatement *p = s->parent < 0 ? NULL : &fx->body.at[s->parent];
		struct skep_span head;

		if (s->kind != SKEP_C_RETURN || !is_constant(returned(fx, s)))
			continue;
		if (p && p->kind == SKEP_C_BLOCK && p->parent >= 0)
			p = &fx->body.at[p->parent];
		last = returned(fx, s);
		if (!p || p->kind != SKEP_C_IF)
			continue;
		head = skep_ctext_code(&fx->text, p->head, p->head_end);
		if (skep_span_starts(head, SPAN("(!")) || skep_span_find(head, SPAN("NULL")) >= 0 ||
		    skep_span_find(head, SPAN("end")) >= 0)
			return last;
	}
	return last;
}

static bool has_word(const struct skep_fixer *fx, struct skep_span word)
{
	return skep_span_find(skep_ctext_span(&fx->text, 0, fx->text.length), word) >= 0;
}

static const char *of_section(const struct skep_fixer *fx, struct skep_span section)
{
	static const char *const ones[] = { "cgroup",    "sockops",      "sk_msg",         "sk_skb",
					    "sk_lookup", "sk_reuseport", "flow_dissector", NULL };

	if (skep_span_starts(section, SPAN("xdp")))
		return "XDP_PASS";
	if (skep_span_starts(section, SPAN("tc")) || skep_span_starts(section, SPAN("classifier")))
		return has_word(fx, SPAN("pkt_cls.h")) || has_word(fx, SPAN("define TC_ACT_OK"))
			       ? "TC_ACT_OK"
			       : "0";
	for (size_t i = 0; ones[i]; i++)
		if (skep_span_starts(section, skep_span_of(ones[i])))
			return "1";
	return NULL;
}

/* `return f(ctx);` in a program: what the program returns, f does. */
static const char *of_caller(const struct skep_fixer *fx)
{
	struct skep_cfunction f;

	for (size_t at = 0; skep_cfunction_next(&fx->text, &at, &f);) {
		size_t call = f.section.length
				      ? skep_ctext_find(&fx->text, f.body, f.end, fx->function.name)
				      : SKEP_NOWHERE;
		size_t last = call == SKEP_NOWHERE ? SKEP_NOWHERE
						   : skep_ctext_back(&fx->text, call, f.body);

		if (last != SKEP_NOWHERE && last >= 5 &&
		    skep_ctext_is_word(&fx->text, last - 5, SPAN("return")))
			return of_section(fx, f.section);
	}
	return NULL;
}

/* What the function returns where a comparison with the end of the packet fails already. */
static struct skep_span return_of_check(const struct skep_fixer *fx)
{
	struct skep_span end = SPAN("data_end"), rest, value;
	size_t at = fx->function.body;

	while ((at = skep_ctext_find(&fx->text, at, fx->function.end, end)) != SKEP_NOWHERE) {
		ptrdiff_t stop, word;

		rest = skep_ctext_span(&fx->text, at, fx->function.end);
		stop = skep_span_find_char(rest, ';');
		rest = skep_span_upto(rest, stop < 0 ? 0 : (size_t)stop);
		word = skep_span_find(rest, SPAN("return "));
		value = skep_span_trim(
			skep_span_from(rest, word < 0 ? rest.length : (size_t)word + 7));
		if (value.length && skep_span_word(value) == value.length)
			return value;
		at += end.length;
	}
	return SPAN("");
}

const char *skep_fixer_return(const struct skep_fixer *fx)
{
	struct skep_span value = SPAN("0");
	bool pointer = skep_span_find_char(fx->function.type, '*') >= 0;

	if (!pointer && skep_span_find_word(fx->function.type, SPAN("void")) >= 0)
		return "return;";
	if (pointer)
		return has_word(fx, SPAN("NULL")) ? "return NULL;" : "return 0;";
	if (fx->c->entry->number == PACKET_BOUNDS && return_of_check(fx).length)
		value = return_of_check(fx);
	else if (fx->function.section.length && of_section(fx, fx->function.section))
		value = skep_span_of(of_section(fx, fx->function.section));
	else if (usual_return(fx).length)
		value = usual_return(fx);
	else if (of_caller(fx))
		value = skep_span_of(of_caller(fx));
	return skep_fixer_print(fx, "return %.*s;", SKEP_TEXT(value));
}

#define HELD_MOST 8

/* Calls that opened something which no later one closed. */
struct held {
	size_t step[HELD_MOST];
	size_t count;
};

/* Whether the state at a step says that references are held; the log says it with each change. */
static bool has_references(const struct skep_case *c, size_t step)
{
	for (size_t i = step; i < c->path.count && i < step + 16; i++) {
		struct skep_span state = i == step && c->path.at[i].before.length
						 ? c->path.at[i].before
						 : c->path.at[i].insn.state;

		if (i == step && state.at != c->path.at[i].before.at)
			continue;
		if (state.length)
			return skep_span_find(state, SPAN("refs=")) >= 0;
	}
	return true;
}

static bool is_lock(struct skep_span call)
{
	static const char *const opens[] = { "bpf_spin_lock", "bpf_rcu_read_lock",
					     "bpf_preempt_disable", "bpf_local_irq_save",
					     "bpf_res_spin_lock" };

	for (size_t i = 0; i < sizeof(opens) / sizeof(opens[0]); i++)
		if (skep_span_starts(call, skep_span_of(opens[i])))
			return true;
	return false;
}

static struct held find_held(const struct skep_case *c, size_t step)
{
	struct held held = { .count = 0 };
	bool references = has_references(c, step);

	for (size_t i = c->path.count; i-- > step + 1;) {
		struct skep_span call = skep_insn_callee(&c->path.at[i].insn);
		bool lock = is_lock(call);

		if (!call.length)
			continue;
		if (skep_release_ends(call)) {
			held.count -= held.count > 0;
		} else if ((lock || (references && skep_release_begins(call))) &&
			   held.count < HELD_MOST) {
			held.step[held.count++] = i;
		}
	}
	return held;
}

/* What gives back what a call took, in terms of the line that has the call. */
const char *skep_fixer_give_back(const struct skep_fixer *fx, size_t step)
{
	struct skep_span call = skep_insn_callee(&fx->c->path.at[step].insn), variable;
	int statement = skep_fixer_step(fx, step);
	struct skep_span line = skep_fixer_statement(fx, statement);

	if (statement < 0)
		return "";
	/* What was exchanged: the state told which kind it is. */
	if (skep_span_is(call, SPAN("bpf_kptr_xchg")))
		return skep_arena_copy(fx->arena, skep_fields_get(&fx->c->fields, SPAN("release")));
	if (skep_span_starts(call, SPAN("bpf_spin_lock"))) {
		size_t open = skep_ctext_find(&fx->text, fx->body.at[statement].start,
					      fx->body.at[statement].end, call);
		struct skep_span argument;

		if (open == SKEP_NOWHERE ||
		    !skep_ctext_arguments(&fx->text, open + call.length, &argument, 1))
			return "";
		return skep_fixer_print(fx, "bpf_spin_unlock(%.*s);", SKEP_TEXT(argument));
	}
	variable = skep_name_assigned(line);
	if (skep_release_argument(call))
		variable = skep_name_argument(line, call, skep_release_argument(call));
	return skep_release_code(fx->arena, call, variable);
}

bool skep_fixer_holds(const struct skep_fixer *fx, size_t step)
{
	return find_held(fx->c, step).count > 0;
}

/* The loop around a statement; -1. With `break_ends`: whether `break;` there ends that loop. */
static int loop_around(const struct skep_fixer *fx, int statement, bool *break_ends)
{
	int up = statement < 0 ? -1 : fx->body.at[statement].parent;

	*break_ends = true;
	for (; up >= 0 && fx->body.at[up].kind != SKEP_C_LOOP; up = fx->body.at[up].parent)
		*break_ends = *break_ends && fx->body.at[up].kind != SKEP_C_SWITCH;
	return up;
}

/* How the checks of this loop before the place leave: `break;` or `continue;`; NULL where none does. */
static const char *usual_jump(const struct skep_fixer *fx)
{
	bool ends, also;
	int loop = loop_around(fx, fx->statement, &ends);

	for (int i = fx->statement; loop >= 0 && i-- > loop;) {
		const struct skep_cstatement *s = &fx->body.at[i];
		int up = s->parent;

		if (s->kind != SKEP_C_RETURN && s->kind != SKEP_C_JUMP)
			continue;
		if (up >= 0 && fx->body.at[up].kind == SKEP_C_BLOCK)
			up = fx->body.at[up].parent;
		if (up < 0 || fx->body.at[up].kind != SKEP_C_IF || fx->body.at[up].end > fx->at ||
		    loop_around(fx, i, &also) != loop)
			continue;
		if (skep_ctext_is_word(&fx->text, s->start, SPAN("continue")))
			return "continue;";
		return ends && also && skep_ctext_is_word(&fx->text, s->start, SPAN("break"))
			       ? "break;"
			       : NULL;
	}
	return NULL;
}

const char *skep_fixer_leave(const struct skep_fixer *fx, size_t step, const char *condition,
			     bool *sure)
{
	struct held held = { .count = 0 };
	const char *code = "";

	if (step != SKEP_NO_STEP)
		held = find_held(fx->c, step);
	/* What is held then may be the loop's or not: a return gives all of it back. */
	if (!held.count && usual_jump(fx))
		return skep_fixer_print(fx, "if (%s)\n\t%s", condition, usual_jump(fx));
	for (size_t i = held.count; i-- > 0;) {
		const char *back = skep_fixer_give_back(fx, held.step[i]);

		if (!*back)
			*sure = false;
		else
			code = skep_fixer_print(fx, "%s\t%s\n", code, back);
	}
	return skep_fixer_print(fx, "if (%s)%s\n%s\t%s%s", condition, *code ? " {" : "", code,
				skep_fixer_return(fx), *code ? "\n}" : "");
}

const char *skep_fixer_fresh(const struct skep_fixer *fx, const char *base)
{
	const char *name = base;

	for (int i = 1; i < 10; i++) {
		if (skep_ctext_find(&fx->text, fx->function.head, fx->function.end,
				    skep_span_of(name)) == SKEP_NOWHERE)
			return name;
		name = skep_fixer_print(fx, "%s_%d", base, i);
	}
	return name;
}
