/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
"use strict";
/* What instructions do to registers, and where a value came from: backwards along the way. */

const REGISTER = /\b[rRwW](10|[0-9])\b/g;

function registersIn(text) {
	return [...text.matchAll(REGISTER)].map((m) => Number(m[1]));
}

const isBranch = (asm) => asm.startsWith("if ");
const callsFunction = (asm) => asm.startsWith("call pc");
const isExit = (asm) => asm.startsWith("exit");

function calleeOf(asm) {
	const m = /^call (?!pc)(\w+?)(_impl)?(#|$)/.exec(asm);

	return m ? m[1] : null;
}

function slotOf(operand) {
	const m = /\(r10 (-\d+)\)/.exec(operand);

	return m ? "fp" + Number(m[1]) : null;
}

/* {to, op, from}: what is written, how, and from what. `to` is "R1" or "fp-8"; null for neither. */
function assignmentOf(asm) {
	let m = /^[rw](10|\d) (\S*=) (.*)$/.exec(asm);

	if (m)
		return { to: "R" + m[1], op: m[2], from: m[3] };
	m = /^\*\(\w+ \*\)\(r10 -\d+\) = (.*)$/.exec(asm);
	return m ? { to: slotOf(asm), op: "=", from: m[1] } : { to: null, op: "", from: "" };
}

/* What a step of the story means for what is followed: {text, next}; null when nothing. */
function effectOf(step, tracked) {
	const asm = step.asm || "", callee = calleeOf(asm), a = assignmentOf(asm);
	const at = (name) => step.frame + ":" + name;
	const has = (name) => tracked.has(at(name));

	if (callee) {
		const hit = has("R0");

		for (let reg = 0; reg <= 5; reg++)
			tracked.delete(at("R" + reg));
		return hit ? "R0 is what " + callee + "() returned" : null;
	}
	if (isBranch(asm))
		return checkEffect(step, tracked);
	if (!a.to || !has(a.to))
		return null;
	return assignmentEffect(a, at, tracked);
}

/*
 * A check bears on what is followed when it names it, when the kernel says that it changed what is
 * known of it (a copy was checked), and, for packets, when it is one with the packet's end.
 */
function checkEffect(step, tracked) {
	const named = registersIn(step.asm).map((reg) => "R" + reg);
	const followed = (name) => tracked.has(step.frame + ":" + name);
	const known = step.after && frameOfState(step.after) === step.frame ? parseState(step.after) : [];
	const direct = named.find(followed);

	if (direct)
		return direct + " is compared: " + wayOf(step);
	const changed = known.find(([name]) => followed(name));

	if (changed)
		return "a copy of " + changed[0] + " is compared: " + wayOf(step);
	const packet = tracked.packet && known.find(([name, value]) =>
		named.includes(name) && value.startsWith("pkt("));

	return packet ? packet[0] + " is compared with the packet's end: " + wayOf(step) : null;
}

function wayOf(step) {
	return step.taken === undefined ? "the check" : step.taken ? "this holds" : "this does not hold";
}

function assignmentEffect(a, at, tracked) {
	const regs = registersIn(a.from), slot = slotOf(a.from);

	if (a.op !== "=") {
		regs.filter((reg) => reg !== 10).forEach((reg) => tracked.add(at("R" + reg)));
		return a.to + " is changed: " + a.op + " " + a.from;
	}
	tracked.delete(at(a.to));
	if (/^[rw](10|\d)$/.test(a.from)) {
		if (regs[0] !== 10)
			tracked.add(at("R" + regs[0]));
		return a.to.startsWith("fp") ? "R" + regs[0] + " is put on the stack, at " + a.to :
			a.to + " is a copy of R" + regs[0];
	}
	if (a.from.startsWith("*(") && slot) {
		tracked.add(at(slot));
		return a.to + " is read back from the stack, at " + slot;
	}
	if (a.from.startsWith("*("))
		return a.to + " is read from memory, through R" + regs[0];
	regs.filter((reg) => reg !== 10).forEach((reg) => tracked.add(at("R" + reg)));
	return a.to + " is set: " + a.from;
}

/* Between frames: a return hands R0 to the caller, a call hands R1 to R5 to the function. */
function crossFrames(step, tracked) {
	const asm = step.asm || "", inner = step.frame + 1, outer = step.frame - 1;
	let text = null;

	if (isExit(asm) && tracked.delete(outer + ":R0")) {
		tracked.add(step.frame + ":R0");
		text = "the function returns R0";
	}
	if (!callsFunction(asm))
		return text;
	for (let reg = 0; reg <= 5; reg++) {
		tracked.delete(step.frame + ":R" + reg);
		if (tracked.delete(inner + ":R" + reg)) {
			tracked.add(step.frame + ":R" + reg);
			text = "R" + reg + " is handed to the function";
		}
	}
	return text;
}

/* The history of what is in `name` ("R1", "fp-8"), before step `at` or behind it; oldest first. */
function historyOf(steps, at, name, behind) {
	const tracked = new Set([steps[at].frame + ":" + name]), found = [];
	const value = stateAt(steps, at, behind).get(name);

	tracked.packet = Boolean(value) && value.value.startsWith("pkt(");

	for (let i = behind ? at : at - 1; i >= 0 && tracked.size; i--) {
		const text = crossFrames(steps[i], tracked) || effectOf(steps[i], tracked);

		if (text)
			found.push({ step: i, text: text });
	}
	if (tracked.size)
		found.push({ step: -1, text: "there at the beginning of what is shown: " +
			[...tracked].map((t) => t.split(":")[1]).join(", ") });
	return found.reverse();
}

/* "R1_w=scalar() fp-8=0" as a list of [name, value]. Spaces in parentheses belong to a value. */
function parseState(text) {
	const items = [];
	let depth = 0, from = 0;

	for (let i = 0; i <= text.length; i++) {
		if (i < text.length && (depth || text[i] !== " ")) {
			depth += (text[i] === "(") - (text[i] === ")");
			continue;
		}
		const m = /^(R\d+|fp-\d+)(?:_\w+)?=(.*)$/.exec(text.slice(from, i));

		if (m)
			items.push([m[1], m[2]]);
		from = i + 1;
	}
	return items;
}

function frameOfState(text) {
	const m = /^\s*frame(\d+)/.exec(text);

	return m ? Number(m[1]) : 0;
}

/* A call leaves nothing in R0 to R5 but what its own state tells. */
function overwrittenBy(asm) {
	const to = assignmentOf(asm).to;

	return asm.startsWith("call ") ? ["R0", "R1", "R2", "R3", "R4", "R5"] : to ? [to] : [];
}

/* What is known before step `at`: name -> {value, step}. `behind`: and what that step did. */
function stateAt(steps, at, behind) {
	const known = new Map(), gone = new Set(), frame = steps[at].frame;
	const take = (text, step) => {
		if (!text || frameOfState(text) !== frame)
			return false;
		for (const [name, value] of parseState(text))
			if (!known.has(name) && !gone.has(name))
				known.set(name, { value: value, step: step });
		return true;
	};

	for (let i = at; i >= 0; i--) {
		const step = steps[i];

		if (i < at || behind) {
			if (step.frame === frame)
				take(step.after, i);
			if (step.frame === frame)
				overwrittenBy(step.asm || "").forEach((name) => gone.add(name));
		}
		if (take(step.before, i))
			break;
	}
	return known;
}

/* Rounds of a loop that are alike: [{from, to}] and, for those left out, {from, to, rounds}. */
function foldRounds(steps) {
	const parts = [], same = (a, b) => steps[a].insn === steps[b].insn &&
		steps[a].frame === steps[b].frame;
	let plain = 0, i = 0;

	const period = (at) => {
		for (let p = 1; p <= 256 && at + 2 * p <= steps.length; p++) {
			let n = 0;

			while (n < p && same(at + n, at + p + n))
				n++;
			if (n === p)
				return p;
		}
		return 0;
	};
	while (i < steps.length) {
		const p = period(i);
		let end = i;

		while (p && end + p < steps.length && same(end, end + p))
			end++;
		/* The first and the last round stay. */
		const rounds = p ? Math.floor((end - i) / p) + 1 : 0, last = i + p * (rounds - 1);

		if (rounds < 5) {
			i++;
			continue;
		}
		parts.push({ from: plain, to: i + p });
		parts.push({ from: i + p, to: last, rounds: rounds - 2 });
		plain = i = last;
	}
	parts.push({ from: plain, to: steps.length });
	return parts.filter((part) => part.to > part.from);
}
