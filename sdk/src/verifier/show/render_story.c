/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The way to the refused line: under each line of source what it did to the value that was
 * refused, and which branches were taken. With registers (-vv) every instruction of the way.
 */
#include <errno.h>
#include <stdlib.h>

#include "verifier/story/lineage.h"
#include "render.h"
#include "render_value.h"

#define ROWS_MOST   72  /* of a story */
#define STEPS_MOST  400 /* of one with registers */
#define PERIOD_MOST 64  /* instructions of a loop that is folded */
#define ROUNDS      4   /* fewer are all shown */

struct row {
	size_t step;
	const struct skep_lineage_step *deed; /* NULL: it has nothing to do with the value */
};

struct rows {
	struct row *at;
	size_t count;
};

struct story {
	const struct skep_render *r;
	const struct skep_diagnostic *d;
	const struct skep_place *last; /* whose line was put */
};

static void put_deed(const struct story *s, FILE *out, const struct skep_lineage_step *deed)
{
	const struct skep_step_taken *step = &s->d->steps[deed->step];
	struct skep_insn insn = skep_lineage_insn(step);
	struct skep_span callee = skep_insn_callee(&insn), op, operand;
	bool jumped = skep_lineage_jumped(s->d, deed->step);

	operand = skep_insn_operand(&insn, &op);
	switch (deed->deed) {
	case SKEP_DEED_RETURNED:
		fprintf(out, "R0 is what %.*s() returned", (int)callee.length, callee.at);
		break;
	case SKEP_DEED_COPIED:
		fprintf(out, "R%d is a copy of R%d", deed->reg, deed->from);
		break;
	case SKEP_DEED_STORED:
		if (deed->from >= 0)
			fprintf(out, "R%d is put on the stack, at r10%d", deed->from, deed->slot);
		else
			fprintf(out, "a number is put on the stack, at r10%d", deed->slot);
		break;
	case SKEP_DEED_FETCHED:
		fprintf(out, "R%d is read back from the stack, r10%d", deed->reg, deed->slot);
		break;
	case SKEP_DEED_LOADED:
		fprintf(out, "R%d is read from memory, ", deed->reg);
		fprintf(out, "%.*s", operand.length < 40 ? (int)operand.length : 40, operand.at);
		break;
	case SKEP_DEED_SET:
		fprintf(out, "R%d is set", deed->reg);
		break;
	case SKEP_DEED_CHANGED:
		fprintf(out, "R%d %.*s ", deed->reg, (int)op.length, op.at);
		fprintf(out, "%.*s", operand.length < 40 ? (int)operand.length : 40, operand.at);
		break;
	case SKEP_DEED_COMPARED:
		fprintf(out, "R%d is compared, and the branch is %staken", deed->reg,
			jumped ? "" : "not ");
		break;
	case SKEP_DEED_HANDED:
		fprintf(out, "R%d is handed to the function", deed->reg);
		break;
	case SKEP_DEED_GIVEN:
		fputs("the function returns R0", out);
		break;
	case SKEP_DEED_BRANCH:
		fprintf(out, "the branch is %staken", jumped ? "" : "not ");
		break;
	case SKEP_DEED_CAUSE:
		fputs(s->d->causes[deed->slot].label, out);
		break;
	case SKEP_DEED_REFUSED:
		fputs("refused", out);
		break;
	}
}

/* And what the value is behind that. */
static void put_value(const struct story *s, FILE *out, const struct skep_lineage_step *deed)
{
	struct skep_span value = SPAN("");

	if (deed->deed == SKEP_DEED_BRANCH || deed->deed == SKEP_DEED_REFUSED || deed->reg < 0)
		return;
	value = skep_lineage_value(s->d, deed->step, deed->reg);
	if (!value.length)
		return;
	fputs(": ", out);
	skep_render_value(out, value);
}

/* `column`: where the line is already. */
static void put_words(const struct story *s, const struct skep_lineage_step *deed, int column)
{
	bool refused = deed->deed == SKEP_DEED_REFUSED;
	char *text = NULL, indent[64];
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (out) {
		put_deed(s, out, deed);
		put_value(s, out, deed);
	}
	snprintf(indent, sizeof(indent), "%*s |           ", s->r->margin, "");
	fputs(skep_ink(s->r, refused ? SKEP_INK_ERROR : SKEP_INK_CAUSE), s->r->out);
	skep_render_words(s->r, out && !fclose(out) ? text : "", column, indent);
	fputs(skep_ink(s->r, SKEP_INK_NONE), s->r->out);
	free(text);
}

static void put_state(const struct story *s, const char *before, const char *state)
{
	char indent[64];

	if (!state)
		return;
	snprintf(indent, sizeof(indent), "%*s |             ", s->r->margin, "");
	skep_render_bar(s->r, 0);
	fprintf(s->r->out, "           %s%s", skep_ink(s->r, SKEP_INK_DIM), before);
	skep_render_words(s->r, state, (int)(strlen(indent) - 2 + strlen(before)), indent);
	fputs(skep_ink(s->r, SKEP_INK_NONE), s->r->out);
}

static bool is_new_line(const struct story *s, const struct skep_place *place)
{
	if (!place->text)
		return false;
	return !s->last || s->last->line != place->line || !s->last->text ||
	       strcmp(s->last->text, place->text);
}

static void put_row(struct story *s, const struct row *row)
{
	const struct skep_step_taken *step = &s->d->steps[row->step];
	int column = s->r->margin + 11;

	if (is_new_line(s, &step->place)) {
		skep_render_line(s->r, &step->place);
		s->last = &step->place;
	} else if (!step->place.text && s->last) {
		/* Of another line, which the log does not tell. */
		skep_render_bar(s->r, 0);
		fprintf(s->r->out, " %s(a line that the log does not quote)%s\n",
			skep_ink(s->r, SKEP_INK_DIM), skep_ink(s->r, SKEP_INK_NONE));
		s->last = NULL;
	}
	if (s->r->verbose > 1)
		put_state(s, "before: ", step->before);
	skep_render_bar(s->r, 0);
	fprintf(s->r->out, " %6d: ", step->place.insn);
	if (s->r->verbose > 1 || !row->deed)
		skep_render_words(s->r, step->place.asm_text ? step->place.asm_text : "", column,
				  "            ");
	if (row->deed && s->r->verbose > 1) {
		skep_render_bar(s->r, 0);
		fputs("         ", s->r->out);
	}
	if (row->deed)
		put_words(s, row->deed, column);
	if (s->r->verbose > 1)
		put_state(s, "", step->after);
}

static bool alike(const struct story *s, const struct row *a, const struct row *b)
{
	return s->d->steps[a->step].place.insn == s->d->steps[b->step].place.insn &&
	       s->d->steps[a->step].frame == s->d->steps[b->step].frame && !a->deed == !b->deed &&
	       (!a->deed || a->deed->deed == b->deed->deed);
}

/* How many rows a loop has whose rounds begin at row `at`; 0: there is none. */
static size_t period_at(const struct story *s, const struct rows *rows, size_t at)
{
	for (size_t p = 1; p <= PERIOD_MOST && at + 2 * p <= rows->count; p++) {
		size_t n = 0;

		while (n < p && alike(s, &rows->at[at + n], &rows->at[at + p + n]))
			n++;
		if (n == p)
			return p;
	}
	return 0;
}

/* How many rows from `at` on are rounds that are left out; the one before and the last stay. */
static size_t folded(const struct story *s, const struct rows *rows, size_t at, size_t period)
{
	size_t end = at;

	while (period && end + period < rows->count &&
	       alike(s, &rows->at[end], &rows->at[end + period]))
		end++;
	if (!period || (end - at) / period + 1 < ROUNDS)
		return 0;
	return ((end - at) / period - 1) * period;
}

static void put_omitted(const struct story *s, size_t count, const char *what)
{
	skep_render_bar(s->r, 0);
	fprintf(s->r->out, "    %s... %zu %s%s\n", skep_ink(s->r, SKEP_INK_DIM), count, what,
		skep_ink(s->r, SKEP_INK_NONE));
}

static void put_rows(struct story *s, const struct rows *rows, size_t from, size_t to)
{
	for (size_t i = from; i < to;) {
		size_t period = period_at(s, rows, i), left = folded(s, rows, i, period);

		if (!left) {
			put_row(s, &rows->at[i++]);
			continue;
		}
		for (size_t n = 0; n < period && i < to; n++)
			put_row(s, &rows->at[i++]);
		put_omitted(s, left / period, "more rounds");
		s->last = NULL;
		i += left;
	}
}

/* Rows that are put once loops are folded. */
static size_t count_folded(const struct story *s, const struct rows *rows, size_t from)
{
	size_t count = 0;

	for (size_t i = from; i < rows->count;) {
		size_t period = period_at(s, rows, i), left = folded(s, rows, i, period);

		i += left ? left + period : 1;
		count += left ? period + 1 : 1;
	}
	return count;
}

/* Of a long way the beginning and the end, which is where the causes are. */
static void put_story(struct story *s, const struct rows *rows, size_t most)
{
	size_t low = 0, high = rows->count, head = most / 8;

	if (count_folded(s, rows, 0) <= most) {
		put_rows(s, rows, 0, rows->count);
		return;
	}
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (count_folded(s, rows, middle) > most - head)
			low = middle + 1;
		else
			high = middle;
	}
	head = head < low ? head : low;
	for (size_t i = 0; i < head; i++)
		put_row(s, &rows->at[i]);
	if (low > head)
		put_omitted(s, low - head, "steps");
	s->last = NULL;
	put_rows(s, rows, low, rows->count);
}

static void drop_branches(struct rows *rows)
{
	size_t kept = 0;

	for (size_t i = 0; i < rows->count; i++)
		if (rows->at[i].deed->deed != SKEP_DEED_BRANCH)
			rows->at[kept++] = rows->at[i];
	rows->count = kept;
}

/* -v: what the lineage has; -vv: all steps. A step with two deeds has two rows. */
static int collect(const struct story *s, const struct skep_lineage *lineage, struct rows *rows)
{
	size_t next = 0;

	rows->at = calloc(s->d->step_count + lineage->count + 1, sizeof(*rows->at));
	if (!rows->at)
		return -ENOMEM;
	for (size_t i = 0; i < s->d->step_count; i++) {
		bool any = false;

		for (; next < lineage->count && lineage->at[next].step == i; next++) {
			rows->at[rows->count++] = (struct row){ i, &lineage->at[next] };
			any = true;
		}
		if (!any && s->r->verbose > 1)
			rows->at[rows->count++] = (struct row){ i, NULL };
	}
	if (s->r->verbose < 2 && count_folded(s, rows, 0) > ROWS_MOST)
		drop_branches(rows);
	return 0;
}

int skep_render_story(const struct skep_render *r, const struct skep_diagnostic *d)
{
	struct story s = { .r = r, .d = d };
	struct skep_lineage lineage = { 0 };
	struct rows rows = { 0 };
	int err = skep_lineage_find(&lineage, d);

	if (!err)
		err = collect(&s, &lineage, &rows);
	/* The refused step alone tells nothing. */
	if (!err && rows.count > 1) {
		fprintf(r->out, "%show the verifier came here%s:\n", skep_ink(r, SKEP_INK_BOLD),
			skep_ink(r, SKEP_INK_NONE));
		skep_render_bar(r, 0);
		fputc('\n', r->out);
		put_story(&s, &rows, r->verbose > 1 ? STEPS_MOST : ROWS_MOST);
		skep_render_bar(r, 0);
		fputc('\n', r->out);
	}
	free(rows.at);
	skep_lineage_free(&lineage);
	return err;
}
