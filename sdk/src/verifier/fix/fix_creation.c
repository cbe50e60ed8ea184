/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Declarations of maps that the kernel, or libbpf, does not take. */
#include "fix_room.h"
#include "verifier/text/near.h"

static const char *const types[] = { "key", "value", "key_size", "value_size" };

/* The braces of the map that the message names. */
static bool find_map(const struct skep_fixer *fx, struct skep_cvariable *map, size_t *open,
		     size_t *close)
{
	struct skep_span name = skep_fields_get(&fx->c->fields, SPAN("map"));

	if (!name.length || !skep_cvariable_global(&fx->text, name, map))
		return false;
	for (*open = map->start; *open < map->at && fx->text.code[*open] != '{';)
		++*open;
	*close = skep_ctext_match(&fx->text, *open, map->at);
	return *open < map->at;
}

/* `__uint(max_entries, N)`, `__type(key, T)`: N, T. */
static struct skep_span member_of(const struct skep_fixer *fx, size_t open, size_t close,
				  const char *name)
{
	size_t at = skep_ctext_find(&fx->text, open, close, skep_span_of(name)), end;

	if (at == SKEP_NOWHERE)
		return SPAN("");
	at = skep_ctext_skip(&fx->text, at + strlen(name), close);
	if (fx->text.code[at] != ',')
		return SPAN("");
	for (end = at + 1; end < close && fx->text.code[end] != ';'; end++)
		;
	end = skep_ctext_back(&fx->text, end, at);
	return end == SKEP_NOWHERE ? SPAN("")
				   : skep_span_trim(skep_ctext_code(&fx->text, at + 1, end));
}

static void correct_member(struct skep_fixer *fx, size_t open, size_t close)
{
	static const char *const members[] = { "type",          "max_entries", "map_flags",
					       "numa_node",     "key_size",    "value_size",
					       "map_extra",     "pinning",     "values",
					       "inner_map_idx", NULL };
	struct skep_changes changes = { .count = 0 };
	ptrdiff_t quote = skep_span_find(fx->c->message, SPAN("unknown field '"));
	struct skep_span name;
	const char *right;
	size_t at;

	name = skep_span_from(fx->c->message, (size_t)quote + strlen("unknown field '"));
	name = skep_span_upto(name, skep_span_word(name));
	right = skep_near_word(name, members, 3);
	at = skep_ctext_find(&fx->text, open, close, name);
	if (!right || at == SKEP_NOWHERE ||
	    skep_ctext_find(&fx->text, open, close, skep_span_of(right)) != SKEP_NOWHERE)
		return;
	skep_fixer_replace(fx, &changes, at, at + name.length, right);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "the member is `%s`, not `%.*s`", right, SKEP_TEXT(name)),
		right);
}

static bool is_changed(const struct skep_changes *changes, size_t at)
{
	for (size_t i = 0; i < changes->count; i++)
		if (changes->at[i].at == at)
			return true;
	return false;
}

/* Whether the address of a variable is passed with this map only. */
static bool is_key_of(const struct skep_fixer *fx, struct skep_span name, struct skep_span map)
{
	size_t at = fx->function.body;

	while ((at = skep_ctext_find(&fx->text, at, fx->function.end, name)) != SKEP_NOWHERE) {
		size_t comma = skep_ctext_back(&fx->text, at - 1, fx->function.body), last;

		if (fx->text.code[at - 1] == '&') {
			last = comma == SKEP_NOWHERE || fx->text.code[comma] != ','
				       ? SKEP_NOWHERE
				       : skep_ctext_back(&fx->text, comma, fx->function.body);
			if (last == SKEP_NOWHERE || last + 1 < map.length ||
			    !skep_ctext_is_word(&fx->text, last + 1 - map.length, map))
				return false;
		}
		at += name.length;
	}
	return true;
}

/* Variables whose address is passed as key have the key's type. False where that cannot be seen. */
static bool retype_keys(struct skep_fixer *fx, struct skep_changes *changes, struct skep_span map,
			struct skep_span type)
{
	size_t at = 0;

	while ((at = skep_ctext_find(&fx->text, at, fx->text.length, map)) != SKEP_NOWHERE) {
		size_t from = at - 1,
		       next = skep_ctext_skip(&fx->text, at + map.length, fx->text.length);
		struct skep_span name;
		struct skep_cvariable v;

		at += map.length;
		if (!from || fx->text.code[from] != '&' || fx->text.code[next] != ',')
			continue;
		next = skep_ctext_skip(&fx->text, next + 1, fx->text.length);
		if (fx->text.code[next] != '&' || !skep_fixer_move(fx, from))
			return false;
		name = skep_ctext_word(&fx->text, next + 1);
		if (!skep_fixer_variable(fx, name, from, &v) || v.place == SKEP_C_GLOBAL ||
		    !v.alone || !skep_span_is(v.type, type) || v.stars || v.array ||
		    !is_key_of(fx, name, map))
			return false;
		if (!is_changed(changes, skep_fixer_offset(fx, v.type)))
			skep_fixer_retype(fx, changes, &v, "__u32");
	}
	return true;
}

/* The keys of an array are numbers of four bytes. */
static void shorten_key(struct skep_fixer *fx, const struct skep_cvariable *map, size_t open,
			size_t close)
{
	static const char *const wrong[] = { "__u64",         "u64",   "__s64", "s64",  "long",
					     "unsigned long", "__u16", "u16",   "__u8", "u8" };
	struct skep_span type = member_of(fx, open, close, "key");
	struct skep_changes changes = { .count = 0 };
	size_t at = skep_fixer_offset(fx, type);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (!skep_span_is(type, skep_span_of(wrong[i])))
			continue;
		skep_fixer_replace(fx, &changes, at, at + type.length, "__u32");
		if (retype_keys(fx, &changes, map->name, type))
			skep_fixer_offer(
				fx, &changes, SKEP_FIX_MACHINE,
				skep_fixer_print(fx,
						 "keys of arrays have 4 bytes: `%.*s` has __u32, "
						 "not %.*s",
						 SKEP_TEXT(map->name), SKEP_TEXT(type)),
				"__type(key, __u32);");
		return;
	}
}

/* The line of a member goes, where it has one of its own. */
static void drop_member(const struct skep_fixer *fx, struct skep_changes *changes, size_t open,
			size_t close, const char *name)
{
	size_t at = skep_ctext_find(&fx->text, open, close, skep_span_of(name)), start, end;
	struct skep_span line;

	if (at == SKEP_NOWHERE)
		return;
	start = skep_ctext_line_start(&fx->text, at);
	end = skep_ctext_line_end(&fx->text, at);
	line = skep_span_trim(skep_ctext_code(&fx->text, start, end));
	if (!skep_span_starts(line, SPAN("__")) || start < open || end > close ||
	    skep_span_find_char(line, ';') != (ptrdiff_t)line.length - 1)
		changes->failed = true;
	else
		skep_fixer_replace(fx, changes, start, end + 1, "");
}

/* A ring has bytes: no keys and no values. */
static void drop_types(struct skep_fixer *fx, const struct skep_cvariable *map, size_t open,
		       size_t close)
{
	struct skep_changes changes = { .count = 0 };

	for (size_t i = 0; i < 4; i++)
		drop_member(fx, &changes, open, close, types[i]);
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx,
					  "a ring has no keys and values: leave them out of `%.*s`",
					  SKEP_TEXT(map->name)),
			 NULL);
}

/* A ring is as large as a power of two, and pages. */
static void round_ring(struct skep_fixer *fx, const struct skep_cvariable *map, size_t open,
		       size_t close)
{
	struct skep_span text = member_of(fx, open, close, "max_entries");
	struct skep_changes changes = { .count = 0 };
	int64_t number, size = 4096;
	size_t at = skep_fixer_offset(fx, text);
	const char *code;

	if (!text.length || !skep_room_number(fx, text, &number) || number < 1 ||
	    number > INT64_C(1) << 30)
		return;
	while (size < number)
		size *= 2;
	if (size == number)
		return;
	code = skep_fixer_print(fx, "%lld", (long long)size);
	skep_fixer_replace(fx, &changes, at, at + text.length, code);
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx,
				 "make `%.*s` %s bytes large: a ring's size is a power of two, and "
				 "a multiple of 4096",
				 SKEP_TEXT(map->name), code),
		skep_fixer_print(fx, "__uint(max_entries, %s);", code));
}

/* Tries and storages make their elements when they are needed, and have to say so. */
static void allocate_late(struct skep_fixer *fx, const struct skep_cvariable *map, size_t open,
			  size_t close, bool storage)
{
	struct skep_span flags = member_of(fx, open, close, "map_flags");
	struct skep_changes changes = { .count = 0 };
	const char *code = "__uint(map_flags, BPF_F_NO_PREALLOC);";
	size_t at;

	if (skep_span_find(flags, SPAN("BPF_F_NO_PREALLOC")) >= 0)
		return;
	if (flags.length) {
		at = skep_fixer_offset(fx, flags);
		skep_fixer_replace(fx, &changes, at, at, "BPF_F_NO_PREALLOC | ");
	} else {
		at = skep_ctext_find(&fx->text, open, close, SPAN("type"));
		at = skep_ctext_line_end(&fx->text, at) + 1;
		if (at >= close)
			return;
		skep_fixer_replace(fx, &changes, at, at, skep_fixer_print(fx, "\t%s\n", code));
	}
	/* Storages have no largest number of elements. */
	if (storage)
		drop_member(fx, &changes, open, close, "max_entries");
	skep_fixer_offer(fx, &changes, SKEP_FIX_MACHINE,
			 skep_fixer_print(fx,
					  "maps of this type, as `%.*s`, need BPF_F_NO_PREALLOC",
					  SKEP_TEXT(map->name)),
			 code);
}

static bool has_types(const struct skep_fixer *fx, size_t open, size_t close)
{
	for (size_t i = 0; i < 4; i++)
		if (skep_ctext_find(&fx->text, open, close, skep_span_of(types[i])) != SKEP_NOWHERE)
			return true;
	return false;
}

void skep_fix_creation(struct skep_fixer *fx)
{
	struct skep_cvariable map;
	struct skep_span type;
	size_t open, close;

	if (!find_map(fx, &map, &open, &close))
		return;
	type = member_of(fx, open, close, "type");
	if (skep_span_find(fx->c->message, SPAN("unknown field '")) >= 0)
		correct_member(fx, open, close);
	else if (skep_span_find(fx->c->message, SPAN("nvalid argument")) < 0)
		return;
	else if (skep_span_is(type, SPAN("BPF_MAP_TYPE_ARRAY")) ||
		 skep_span_is(type, SPAN("BPF_MAP_TYPE_PERCPU_ARRAY")))
		shorten_key(fx, &map, open, close);
	else if (skep_span_is(type, SPAN("BPF_MAP_TYPE_RINGBUF")))
		has_types(fx, open, close) ? drop_types(fx, &map, open, close)
					   : round_ring(fx, &map, open, close);
	else if (skep_span_is(type, SPAN("BPF_MAP_TYPE_LPM_TRIE")) ||
		 skep_span_find(type, SPAN("_STORAGE")) > 0)
		allocate_late(fx, &map, open, close, skep_span_find(type, SPAN("_STORAGE")) > 0);
}

/* `.max_entries = 64`, `.key_size = sizeof(T)` as a member of what libbpf reads today. */
static const char *member_today(const struct skep_fixer *fx, struct skep_span part)
{
	static const char *const numbers[] = { "type",        "key_size",  "value_size",
					       "max_entries", "map_flags", "numa_node",
					       NULL };
	struct skep_span name, value;
	bool key, whole;

	if (!skep_take(&part, SPAN(".")))
		return NULL;
	name = skep_span_upto(part, skep_span_word(part));
	value = skep_span_trim(skep_span_from(part, name.length));
	if (!skep_take(&value, SPAN("=")))
		return NULL;
	value = skep_span_trim(value);
	key = skep_span_is(name, SPAN("key_size"));
	whole = skep_span_starts(value, SPAN("sizeof(")) && value.at[value.length - 1] == ')' &&
		skep_span_find_char(value, ')') == (ptrdiff_t)value.length - 1;
	if (whole && (key || skep_span_is(name, SPAN("value_size"))))
		return skep_fixer_print(fx, "\t__type(%s, %.*s);\n", key ? "key" : "value",
					(int)value.length - 8, value.at + 7);
	for (size_t i = 0; numbers[i]; i++)
		if (skep_span_is(name, skep_span_of(numbers[i])))
			return skep_fixer_print(fx, "\t__uint(%.*s, %.*s);\n", SKEP_TEXT(name),
						SKEP_TEXT(value));
	return NULL;
}

/* One `struct bpf_map_def SEC("maps") NAME = { ... };` from `start`; false when it is not that. */
static bool renew_map(const struct skep_fixer *fx, struct skep_changes *changes, size_t start,
		      struct skep_span *name)
{
	struct skep_span parts[12];
	const char *code = "struct {\n";
	size_t at = start, open, count;

	while (at < fx->text.length && fx->text.code[at] != ')')
		at++;
	at = skep_ctext_skip(&fx->text, at + 1, fx->text.length);
	*name = skep_ctext_word(&fx->text, at);
	at = skep_ctext_skip(&fx->text, at + name->length, fx->text.length);
	open = skep_ctext_skip(&fx->text, at + 1, fx->text.length);
	if (!name->length || at >= fx->text.length || fx->text.code[at] != '=' ||
	    open >= fx->text.length || fx->text.code[open] != '{')
		return false;
	count = skep_ctext_arguments(&fx->text, open, parts, 12);
	for (size_t i = 0; i < count; i++) {
		size_t from = skep_fixer_offset(fx, parts[i]), end = from + parts[i].length;
		const char *line;

		/* Without the comments. */
		from = skep_ctext_skip(&fx->text, from, end);
		parts[i] = skep_span_trim(skep_ctext_code(&fx->text, from, end));
		if (!parts[i].length && i + 1 == count)
			break;
		line = member_today(fx, parts[i]);
		if (!line)
			return false;
		code = skep_fixer_print(fx, "%s%s", code, line);
	}
	code = skep_fixer_print(fx, "%s} %.*s SEC(\".maps\")", code, SKEP_TEXT(*name));
	skep_fixer_replace(fx, changes, start, skep_ctext_match(&fx->text, open, fx->text.length),
			   code);
	return true;
}

/* Maps as they were declared before libbpf 1.0. */
void skep_fix_old_maps(struct skep_fixer *fx)
{
	struct skep_span kind = SPAN("bpf_map_def"), name, first = SPAN("");
	struct skep_changes changes = { .count = 0 };
	size_t at = 0;

	if (skep_span_find(fx->c->message, SPAN("legacy map definitions")) < 0)
		return;
	while ((at = skep_ctext_find(&fx->text, at, fx->text.length, kind)) != SKEP_NOWHERE) {
		size_t next = skep_ctext_skip(&fx->text, at + kind.length, fx->text.length);
		size_t start = skep_ctext_line_start(&fx->text, at);

		at += kind.length;
		if (!skep_ctext_is_word(&fx->text, next, SPAN("SEC")))
			continue;
		if (!skep_ctext_is_word(&fx->text, start, SPAN("struct")) ||
		    !renew_map(fx, &changes, start, &name))
			return;
		first = first.length ? first : name;
	}
	skep_fixer_offer(
		fx, &changes, SKEP_FIX_MACHINE,
		skep_fixer_print(fx, "declare `%.*s`%s by its types, in the section .maps",
				 SKEP_TEXT(first), changes.count > 1 ? " and the others" : ""),
		skep_fixer_print(fx, "struct {\n\t...\n} %.*s SEC(\".maps\");", SKEP_TEXT(first)));
}
