/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Text from logs onto a page: clean, measured, and wrapped at words. */
#include "render.h"

struct character {
	size_t bytes;
	int columns;
	bool clean;
};

/* One character of UTF-8; a byte that belongs to none is one that is not clean. */
static uint32_t decode(struct skep_span text, size_t *bytes)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)text.at;
	size_t n = *at < 0x80 ? 1 : *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : 2;
	uint32_t value = n == 1 ? *at : *at & (0xffu >> (n + 1));

	*bytes = 1;
	if (n == 1)
		return value;
	if (*at < 0xc2 || *at > 0xf4 || n > text.length)
		return UINT32_MAX;
	for (size_t i = 1; i < n; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return UINT32_MAX;
		value = value << 6 | (at[i] & 0x3f);
	}
	if (value < least[n] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return UINT32_MAX;
	*bytes = n;
	return value;
}

static bool is_wide(uint32_t c)
{
	return (c >= 0x1100 && c < 0x1160) || (c >= 0x2e80 && c < 0xa4d0) ||
	       (c >= 0xac00 && c < 0xd7a4) || (c >= 0xf900 && c < 0xfb00) ||
	       (c >= 0xfe30 && c < 0xfe70) || (c >= 0xff00 && c < 0xff61) ||
	       (c >= 0x1f300 && c < 0x1fb00) || (c >= 0x20000 && c < 0x40000);
}

/* Controls, and what reorders the text around it. */
static bool is_harmful(uint32_t c)
{
	return c == UINT32_MAX || c < 32 || (c >= 0x7f && c < 0xa0) || c == 0x61c ||
	       (c >= 0x200b && c < 0x2010) || (c >= 0x2028 && c < 0x202f) ||
	       (c >= 0x2060 && c < 0x2070) || c == 0xfeff;
}

static struct character look(struct skep_span text)
{
	struct character character = { .columns = 1 };
	uint32_t c = decode(text, &character.bytes);

	character.clean = !is_harmful(c);
	if (character.clean && c >= 0x300 && c < 0x370)
		character.columns = 0;
	else if (character.clean && is_wide(c))
		character.columns = 2;
	return character;
}

const char *skep_ink(const struct skep_render *r, enum skep_ink ink)
{
	static const char *const escapes[] = {
		[SKEP_INK_NONE] = "\033[0m",     [SKEP_INK_ERROR] = "\033[1;31m",
		[SKEP_INK_FRAME] = "\033[34m",   [SKEP_INK_CAUSE] = "\033[33m",
		[SKEP_INK_HELP] = "\033[1;32m",  [SKEP_INK_BOLD] = "\033[1m",
		[SKEP_INK_DIM] = "\033[2m",      [SKEP_INK_ADDED] = "\033[32m",
		[SKEP_INK_REMOVED] = "\033[31m",
	};

	return r->color ? escapes[ink] : "";
}

void skep_render_text(const struct skep_render *r, struct skep_span text)
{
	while (text.length) {
		struct character c = look(text);

		if (c.clean)
			fwrite(text.at, 1, c.bytes, r->out);
		else
			fputc(*text.at == '\t' ? ' ' : '?', r->out);
		text = skep_span_from(text, c.bytes);
	}
}

int skep_render_width(struct skep_span text)
{
	int columns = 0;

	while (text.length && columns < INT32_MAX - 2) {
		struct character c = look(text);

		columns += c.columns;
		text = skep_span_from(text, c.bytes);
	}
	return columns;
}

size_t skep_render_fit(struct skep_span text, int columns)
{
	size_t bytes = 0;

	while (text.length) {
		struct character c = look(text);

		if (c.columns > columns)
			break;
		columns -= c.columns;
		bytes += c.bytes;
		text = skep_span_from(text, c.bytes);
	}
	return bytes;
}

static struct skep_span next_word(struct skep_span *text)
{
	struct skep_span word;
	size_t n = 0;

	while (n < text->length && text->at[n] != ' ' && text->at[n] != '\n')
		n++;
	word = skep_span_upto(*text, n);
	*text = skep_span_from(*text, n);
	while (text->length && (text->at[0] == ' ' || text->at[0] == '\n'))
		*text = skep_span_from(*text, 1);
	return word;
}

void skep_render_words(const struct skep_render *r, const char *text, int column,
		       const char *indent)
{
	struct skep_span rest = skep_span_trim(skep_span_of(text));
	int edge = r->columns, least = (int)strlen(indent);
	bool first = true;

	while (rest.length) {
		struct skep_span word = next_word(&rest);
		int width = skep_render_width(word);

		if (!first && column + 1 + width > edge) {
			fprintf(r->out, "\n%s", indent);
			column = least;
		} else if (!first) {
			fputc(' ', r->out);
			column++;
		}
		/* A word longer than the page is broken. */
		while (column + width > edge && edge - least > 8) {
			size_t fits = skep_render_fit(word, edge - column);

			skep_render_text(r, skep_span_upto(word, fits));
			word = skep_span_from(word, fits);
			fprintf(r->out, "\n%s", indent);
			column = least;
			width = skep_render_width(word);
		}
		skep_render_text(r, word);
		column += width;
		first = false;
	}
	fputc('\n', r->out);
}

void skep_render_bar_sign(const struct skep_render *r, unsigned line, char sign, enum skep_ink ink)
{
	char number[16] = "";

	if (line)
		snprintf(number, sizeof(number), "%u", line);
	fprintf(r->out, "%s%*s %s%c%s", skep_ink(r, SKEP_INK_FRAME), r->margin, number,
		ink == SKEP_INK_FRAME ? "" : skep_ink(r, ink), sign, skep_ink(r, SKEP_INK_NONE));
}

void skep_render_bar(const struct skep_render *r, unsigned line)
{
	skep_render_bar_sign(r, line, '|', SKEP_INK_FRAME);
}

void skep_render_line(const struct skep_render *r, const struct skep_place *place)
{
	int room = r->columns - r->margin - 3;
	struct skep_span text = skep_span_of(place->text       ? place->text
					     : place->asm_text ? place->asm_text
							       : "");
	bool cut;

	skep_render_bar(r, place->line);
	fputc(' ', r->out);
	if (!place->text && place->asm_text)
		room -= fprintf(r->out, "%d: ", place->insn);
	cut = skep_render_width(text) > room;
	skep_render_text(r, skep_span_upto(text, skep_render_fit(text, cut ? room - 3 : room)));
	fputs(cut ? "...\n" : "\n", r->out);
}
