/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
"use strict";
/* Elements. Whatever a log says becomes text nodes only, never markup. */

function el(tag, attributes, ...children) {
	const element = document.createElement(tag);

	for (const [name, value] of Object.entries(attributes || {})) {
		if (name.startsWith("on"))
			element.addEventListener(name.slice(2), value);
		else if (value !== null && value !== undefined && value !== false)
			element.setAttribute(name, value === true ? "" : value);
	}
	for (const child of children.flat(2))
		if (child !== null && child !== undefined && child !== false)
			element.append(child);
	return element;
}

const KEYWORDS = new Set(("if else for while do switch case default return break continue goto " +
	"struct union enum static const volatile inline extern sizeof typedef void char short int " +
	"long unsigned signed bool").split(" "));
const TOKEN = /(\/\*.*?(?:\*\/|$)|\/\/.*$|^\s*\*(?= |\/|$).*$)|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(^\s*#\s*\w+)|\b(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\b|\b([A-Za-z_]\w*)\b/g;

/* A line of C, with a little colour. */
function highlighted(line) {
	const out = [];
	let from = 0;

	for (const m of line.matchAll(TOKEN)) {
		const kind = m[1] ? "comment" : m[2] ? "string" : m[3] ? "directive" : m[4] ? "number" :
			KEYWORDS.has(m[5]) ? "keyword" :
			/^__[usb]e?\d+$|_t$/.test(m[5]) ? "type" :
			/^\s*\(/.test(line.slice(m.index + m[0].length)) ? "call" : null;

		if (!kind)
			continue;
		out.push(line.slice(from, m.index), el("span", { class: "c-" + kind }, m[0]));
		from = m.index + m[0].length;
	}
	out.push(line.slice(from));
	return out;
}

/* Text in which what stands between backquotes is code. */
function prose(text) {
	return (text || "").split("`").map((part, i) => i % 2 ? el("code", {}, part) : part);
}

function copyButton(text) {
	const button = el("button", { class: "copy", type: "button" }, "Copy");

	button.addEventListener("click", async () => {
		let done = true;

		try {
			await navigator.clipboard.writeText(text);
		} catch {
			/* Pages from files may not: the old way. */
			const area = el("textarea", { class: "offscreen" });

			area.value = text;
			document.body.append(area);
			area.select();
			done = document.execCommand("copy");
			area.remove();
		}
		button.textContent = done ? "Copied" : "Select it by hand";
		setTimeout(() => { button.textContent = "Copy"; }, 1500);
	});
	return button;
}

/* Into view inside its pane, without moving the page. */
function reveal(pane, row) {
	if (!row)
		return;
	const box = pane.getBoundingClientRect(), at = row.getBoundingClientRect();

	if (at.top < box.top + 40 || at.bottom > box.bottom - 40)
		pane.scrollTop += at.top - box.top - box.height / 2;
}

/* c "places" are lines of source: by file and number, or by their text where no number is known. */
function lineKey(place) {
	if (!place || (!place.line && !place.text))
		return null;
	return place.line ? (place.file || "") + ":" + place.line : "text:" + place.text;
}
