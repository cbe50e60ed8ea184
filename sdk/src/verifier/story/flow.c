/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#include "flow.h"

#include <stdlib.h>

#define FRAMES_MOST 16
#define SLOTS_MOST  1024
#define DEPTH_MOST  64

/* Registers of all frames while the path is walked. */
struct walk {
	struct skep_flow *flow;
	uint32_t regs[FRAMES_MOST][11];
	bool called[FRAMES_MOST]; /* by the program, not by a helper */
	uint32_t nowhere;
	int frame;
	size_t step;
};

static uint32_t add_value(struct skep_flow *flow, struct skep_value value)
{
	if (flow->count + 1 >= flow->room) {
		size_t room = flow->room ? 2 * flow->room : 256;
		struct skep_value *grown = realloc(flow->values, room * sizeof(*grown));

		if (!grown) {
			flow->failed = true;
			return 0;
		}
		flow->values = grown;
		flow->room = room;
	}
	if (!flow->count)
		flow->values[flow->count++] =
			(struct skep_value){ .step = SKEP_NO_STEP, .reg = -1 };
	flow->values[flow->count] = value;
	return (uint32_t)flow->count++;
}

static uint32_t make(struct walk *w, enum skep_value_kind kind, int reg)
{
	return add_value(w->flow,
			 (struct skep_value){
				 .kind = kind, .step = w->step, .reg = reg, .frame = w->frame });
}

static uint32_t *reg_of(struct walk *w, int reg)
{
	w->nowhere = 0;
	return reg >= 0 && reg <= 10 ? &w->regs[w->frame][reg] : &w->nowhere;
}

static void enter(struct walk *w, enum skep_value_kind arguments, enum skep_value_kind others)
{
	for (int r = 0; r < 10; r++)
		*reg_of(w, r) = make(w, r >= 1 && r <= 5 ? arguments : others, r);
	*reg_of(w, 10) = make(w, SKEP_VALUE_FRAME, 10);
}

const struct skep_value *skep_flow_value(const struct skep_flow *flow, uint32_t id)
{
	static const struct skep_value unknown = { .step = SKEP_NO_STEP, .reg = -1 };

	return id && id < flow->count ? &flow->values[id] : &unknown;
}

bool skep_flow_stack_address(const struct skep_flow *flow, uint32_t id, int *frame, int64_t *offset)
{
	*offset = 0;
	for (int depth = 0; depth < DEPTH_MOST; depth++) {
		const struct skep_value *v = skep_flow_value(flow, id);

		if (v->kind == SKEP_VALUE_FRAME) {
			*frame = v->frame;
			return *offset > -1024 && *offset < 1024;
		}
		if (v->kind != SKEP_VALUE_COMPUTED || v->with || !v->wide ||
		    (v->code != SKEP_ALU_ADD && v->code != SKEP_ALU_SUB) || v->number > 4096 ||
		    v->number < -4096)
			return false;
		*offset += v->code == SKEP_ALU_ADD ? v->number : -v->number;
		id = v->from;
	}
	return false;
}

uint32_t skep_flow_root(const struct skep_flow *flow, uint32_t id)
{
	for (int depth = 0; depth < DEPTH_MOST; depth++) {
		const struct skep_value *v = skep_flow_value(flow, id);

		if (v->kind != SKEP_VALUE_COMPUTED || v->with)
			break;
		id = v->from;
	}
	return id;
}

/* Writes a slot; what it overlaps is not there any more. */
static void set_slot(struct walk *w, struct skep_slot slot)
{
	struct skep_flow *flow = w->flow;
	size_t kept = 0;

	for (size_t i = 0; i < flow->slot_count; i++) {
		const struct skep_slot *s = &flow->slots[i];
		bool overlaps = s->frame == slot.frame && s->offset < slot.offset + slot.bytes &&
				slot.offset < s->offset + s->bytes;
		bool whole = s->offset >= slot.offset &&
			     s->offset + s->bytes <= slot.offset + slot.bytes;

		if (overlaps && whole)
			continue;
		flow->slots[kept] = *s;
		/* What is left of a slot is written, but its value is not known. */
		if (overlaps)
			flow->slots[kept].value = 0;
		kept++;
	}
	if (kept == SLOTS_MOST)
		kept--;
	flow->slots[kept++] = slot;
	flow->slot_count = kept;
}

static uint32_t find_slot(const struct skep_flow *flow, int frame, int64_t offset, int bytes)
{
	for (size_t i = flow->slot_count; i-- > 0;) {
		const struct skep_slot *s = &flow->slots[i];

		if (s->frame == frame && offset >= s->offset &&
		    offset + bytes <= s->offset + s->bytes)
			return (s->offset == offset && s->bytes == bytes) ||
					       skep_flow_value(flow, s->value)->kind ==
						       SKEP_VALUE_WRITTEN
				       ? s->value
				       : 0;
	}
	return 0;
}

static void load(struct walk *w, const struct skep_op *op)
{
	uint32_t base = *reg_of(w, op->src), found = 0, id;
	int64_t offset;
	int frame;

	if (skep_flow_stack_address(w->flow, base, &frame, &offset))
		found = find_slot(w->flow, frame, offset + op->number, op->bytes);
	if (found && !op->sign && skep_flow_value(w->flow, found)->kind != SKEP_VALUE_WRITTEN) {
		*reg_of(w, op->dst) = found;
		return;
	}
	id = add_value(w->flow, (struct skep_value){ .kind = SKEP_VALUE_LOAD,
						     .sign = op->sign,
						     .reg = op->dst,
						     .frame = w->frame,
						     .bytes = op->bytes,
						     .step = w->step,
						     .from = base,
						     .with = found,
						     .number = op->number });
	*reg_of(w, op->dst) = id;
}

static void store(struct walk *w, const struct skep_op *op)
{
	struct skep_slot slot = { .bytes = op->bytes, .step = w->step };
	uint32_t value = op->src >= 0 ? *reg_of(w, op->src) : 0;
	int64_t offset;

	if (!skep_flow_stack_address(w->flow, *reg_of(w, op->dst), &slot.frame, &offset))
		return;
	if (op->src < 0)
		value = add_value(w->flow, (struct skep_value){ .kind = SKEP_VALUE_CONSTANT,
								.reg = -1,
								.step = w->step,
								.number = op->stored });
	slot.offset = (int)(offset + op->number);
	slot.value = value;
	set_slot(w, slot);
}

static void compute(struct walk *w, const struct skep_op *op)
{
	uint32_t src = op->src >= 0 ? *reg_of(w, op->src) : 0;
	bool move = op->code == SKEP_ALU_MOV;
	struct skep_value value = { .kind = SKEP_VALUE_COMPUTED,
				    .code = op->code,
				    .wide = op->wide,
				    .sign = op->sign,
				    .reg = op->dst,
				    .frame = w->frame,
				    .step = w->step,
				    .from = move ? src : *reg_of(w, op->dst),
				    .with = move ? 0 : src,
				    .number = op->number };

	if (move && op->src >= 0 && op->wide && !op->sign) {
		*reg_of(w, op->dst) = src;
		return;
	}
	if (move && op->src < 0)
		value.kind = SKEP_VALUE_CONSTANT;
	/* A number in a register is a number. */
	if (value.with && skep_flow_value(w->flow, src)->kind == SKEP_VALUE_CONSTANT) {
		value.number = skep_flow_value(w->flow, src)->number;
		value.with = 0;
	}
	*reg_of(w, op->dst) = add_value(w->flow, value);
}

/* Whether a call was handed the address of a slot, with a size that reaches it. */
static bool reaches(const struct walk *w, const uint32_t arguments[6], int64_t slot)
{
	for (int r = 1; r <= 5; r++) {
		const struct skep_value *size =
			skep_flow_value(w->flow, r < 5 ? arguments[r + 1] : 0);
		int64_t offset, bytes = size->kind == SKEP_VALUE_CONSTANT ? size->number : 8;
		int frame;

		bytes = bytes < 0 || bytes > 512 ? 512 : bytes;
		if (skep_flow_stack_address(w->flow, arguments[r], &frame, &offset) &&
		    frame == w->frame && slot + 8 > offset && slot < offset + bytes)
			return true;
	}
	return false;
}

/*
 * What the state behind a call says of the stack: `fp-8=mmmmmmmm` was written by it. A state of its
 * own line has more than what changed: `arguments` say what may have.
 */
static void read_written(struct walk *w, struct skep_span state, const uint32_t *arguments)
{
	uint32_t id = make(w, SKEP_VALUE_WRITTEN, -1);

	for (size_t from = 0; from + 4 < state.length;) {
		struct skep_span rest = skep_span_from(state, from);
		ptrdiff_t at = skep_span_find(rest, SPAN("fp-"));
		int64_t offset;
		ptrdiff_t equals;

		if (at < 0)
			return;
		rest = skep_span_from(rest, (size_t)at + 2);
		from += (size_t)at + 3;
		if ((at && state.at[from - 4] != ' ') || !skep_take_number(&rest, &offset) ||
		    offset < -512)
			continue;
		equals = skep_span_find_char(skep_span_upto(rest, 4), '=');
		if (equals < 0 || (arguments && !reaches(w, arguments, offset)))
			continue;
		set_slot(w, (struct skep_slot){ w->frame, (int)offset, 8, id, w->step });
	}
}

static void call(struct walk *w, const struct skep_step *step)
{
	uint32_t arguments[6];

	memcpy(arguments, w->regs[w->frame], sizeof(arguments));
	*reg_of(w, 0) = make(w, SKEP_VALUE_CALL, 0);
	for (int r = 1; r <= 5; r++)
		*reg_of(w, r) = make(w, SKEP_VALUE_LOST, r);
	if (step->insn.state.length)
		read_written(w, step->insn.state, NULL);
	else if (w->step && step[-1].before.length)
		read_written(w, step[-1].before, arguments);
}

static void drop_frame(struct skep_flow *flow, int frame)
{
	size_t kept = 0;

	for (size_t i = 0; i < flow->slot_count; i++)
		if (flow->slots[i].frame < frame)
			flow->slots[kept++] = flow->slots[i];
	flow->slot_count = kept;
}

/*
 * `R2=fp[0]-16` of the state that a callback begins with: an address on the stack of a caller, which
 * the helper handed on. Others are not known.
 */
static void read_handed(struct walk *w, const struct skep_step *first)
{
	for (int r = 1; r <= 5; r++) {
		struct skep_span value = skep_state_register(first->before, r);
		int64_t frame = w->frame - 1, offset = 0;
		struct skep_value base;

		if (!skep_take(&value, SPAN("fp")))
			continue;
		if (skep_take(&value, SPAN("["))) {
			if (!skep_take_number(&value, &frame) || !skep_take(&value, SPAN("]")))
				continue;
		}
		if (value.length && !skep_take_number(&value, &offset))
			continue;
		if (frame < 0 || frame >= w->frame || offset > 0 || offset < -512)
			continue;
		base = (struct skep_value){ .kind = SKEP_VALUE_FRAME,
					    .step = SKEP_NO_STEP,
					    .reg = r,
					    .frame = (int)frame };
		*reg_of(w, r) =
			add_value(w->flow, (struct skep_value){ .kind = SKEP_VALUE_COMPUTED,
								.code = SKEP_ALU_ADD,
								.wide = true,
								.reg = r,
								.frame = w->frame,
								.step = SKEP_NO_STEP,
								.from = add_value(w->flow, base),
								.number = offset });
	}
}

/* Into a function of the program, or into a callback that a helper calls. */
static void push(struct walk *w, const struct skep_step *step, int frame)
{
	uint32_t arguments[6];
	bool direct = skep_insn_calls_function(&step->insn);

	memcpy(arguments, w->regs[w->frame], sizeof(arguments));
	w->frame = frame;
	w->called[frame] = direct;
	drop_frame(w->flow, frame);
	enter(w, SKEP_VALUE_ENTRY, SKEP_VALUE_UNSET);
	for (int r = 1; direct && r <= 5; r++)
		*reg_of(w, r) = arguments[r];
	if (!direct && w->step)
		read_handed(w, step - 1);
}

static void pop(struct walk *w, int frame)
{
	uint32_t result = *reg_of(w, 0);
	bool called = w->called[w->frame];

	w->frame = frame;
	drop_frame(w->flow, frame + 1);
	if (!called)
		return;
	*reg_of(w, 0) = result;
	for (int r = 1; r <= 5; r++)
		*reg_of(w, r) = make(w, SKEP_VALUE_LOST, r);
}

static void execute(struct walk *w, const struct skep_step *step, const struct skep_op *op)
{
	switch (op->kind) {
	case SKEP_OP_ALU:
		compute(w, op);
		break;
	case SKEP_OP_ADDRESS:
		*reg_of(w, op->dst) = make(w, SKEP_VALUE_ADDRESS, op->dst);
		break;
	case SKEP_OP_LOAD:
		load(w, op);
		break;
	case SKEP_OP_STORE:
		store(w, op);
		break;
	case SKEP_OP_ATOMIC:
		if (op->src >= 0)
			*reg_of(w, op->src) = make(w, SKEP_VALUE_UNKNOWN, op->src);
		break;
	case SKEP_OP_CALL:
		call(w, step);
		break;
	default:
		break;
	}
}

bool skep_flow_follows(const struct skep_insn *insn, const struct skep_op *op, int next)
{
	if (next == insn->number + 1LL)
		return true;
	switch (op->kind) {
	case SKEP_OP_BRANCH:
	case SKEP_OP_JUMP:
		return op->target < 0 || op->target == next;
	case SKEP_OP_CALL:
	case SKEP_OP_EXIT:
		return true;
	case SKEP_OP_ADDRESS:
		return next == insn->number + 2LL;
	default:
		return false;
	}
}

static int frame_of(const struct skep_step *step)
{
	return step->frame >= 0 && step->frame < FRAMES_MOST ? step->frame : 0;
}

static void walk_path(struct walk *w, bool from_entry)
{
	const struct skep_path *path = w->flow->path;

	w->frame = frame_of(&path->at[path->count - 1]);
	w->step = SKEP_NO_STEP;
	enter(w, from_entry ? SKEP_VALUE_ENTRY : SKEP_VALUE_UNKNOWN,
	      from_entry ? SKEP_VALUE_UNSET : SKEP_VALUE_UNKNOWN);
	for (size_t i = path->count; i-- > 0 && !w->flow->failed;) {
		const struct skep_step *step = &path->at[i];
		struct skep_op op = skep_insn_decode(&step->insn);
		int frame = frame_of(step), next;

		w->frame = frame;
		w->step = i;
		memcpy(w->flow->before[i], w->regs[frame], sizeof(w->regs[frame]));
		if (!i)
			break;
		next = frame_of(&path->at[i - 1]);
		if (next != frame + 1 || !skep_insn_calls_function(&step->insn))
			execute(w, step, &op);
		if (next > frame)
			push(w, step, next);
		else if (next < frame)
			pop(w, next);
		else if (!skep_flow_follows(&step->insn, &op, path->at[i - 1].insn.number)) {
			w->flow->slot_count = 0;
			enter(w, SKEP_VALUE_UNKNOWN, SKEP_VALUE_UNKNOWN);
		}
	}
}

void skep_flow_build(struct skep_flow *flow, const struct skep_path *path, bool from_entry)
{
	struct walk w = { .flow = flow };

	*flow = (struct skep_flow){ .path = path };
	if (!path->count)
		return;
	flow->before = calloc(path->count, sizeof(*flow->before));
	flow->slots = calloc(SLOTS_MOST + 1, sizeof(*flow->slots));
	if (flow->before && flow->slots)
		walk_path(&w, from_entry);
	else
		flow->failed = true;
}

void skep_flow_free(struct skep_flow *flow)
{
	free(flow->values);
	free(flow->before);
	free(flow->slots);
	*flow = (struct skep_flow){ 0 };
}

uint32_t skep_flow_register(const struct skep_flow *flow, size_t step, int reg)
{
	if (flow->failed || !flow->before || step >= flow->path->count || reg < 0 || reg > 10)
		return 0;
	return flow->before[step][reg];
}

bool skep_flow_taken(const struct skep_flow *flow, size_t step)
{
	struct skep_op op;

	if (!step || step >= flow->path->count)
		return false;
	op = skep_insn_decode(&flow->path->at[step].insn);
	return op.target >= 0 && op.target == flow->path->at[step - 1].insn.number;
}
