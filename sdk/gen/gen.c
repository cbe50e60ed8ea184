/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The header as a whole. */
#include "gen.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skep/bpf_log.h>
#include <skep/error.h>
#include <skep/version.h>

#include "model.h"

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* "dir/exec-snoop.bpf.o" is "exec_snoop", "switch.bpf.o" is "switch_". */
static int set_name(struct gen *g, const struct gen_request *r)
{
	const char *from = r->name ? r->name : file_name(r->sources[0].path);
	size_t length = strcspn(from, ".");
	char word[sizeof(g->name)];

	if (!length || length >= sizeof(word) - 2)
		return skep_error_set(EINVAL, "give a name with --name",
				      "'%.*s' has %zu letters: an object's name has 1 to %zu",
				      (int)(length < 40 ? length : 40), from, length,
				      sizeof(word) - 3);
	snprintf(word, sizeof(word), "%.*s", (int)length, from);
	for (char *c = word; *c; c++)
		if (!isalnum((unsigned char)*c))
			*c = '_';
	snprintf(g->name, sizeof(g->name), "%s%.61s%s", isdigit((unsigned char)word[0]) ? "_" : "",
		 word, gen_is_keyword(word) ? "_" : "");
	/* The library's own functions are called like this. */
	if (!strcmp(g->name, "skep") || !strncmp(g->name, "skep_", 5))
		return skep_error_set(EINVAL, "give another name with --name",
				      "names that begin with skep are skep's own: '%s'", g->name);
	return 0;
}

static void emit_top(struct gen *g, const struct gen_request *r)
{
	fprintf(g->out,
		"/* SPDX-License-Identifier: 0BSD */\n"
		"/* Written by `skep gen` %s; do not edit. */\n",
		SKEP_VERSION_STRING);
	fprintf(g->out, "#ifndef SKEP_GENERATED_%s_H\n#define SKEP_GENERATED_%s_H\n\n", g->name,
		g->name);
	fprintf(g->out, "#include <skep/gen.h>\n");
	for (size_t i = 0; i < r->header_count; i++)
		fprintf(g->out, "#include \"%s\"\n", file_name(r->headers[i]));
	fprintf(g->out,
		"\n#if SKEP_GEN_API < 1 || SKEP_GEN_API > 2\n"
		"#error \"skep: write this header again with the `skep gen` of this skep\"\n"
		"#endif\n"
		"#if __BYTE_ORDER__ != __ORDER_%s_ENDIAN__\n"
		"#error \"skep: the BPF object in this header is for the other endianness\"\n"
		"#endif\n\n",
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "LITTLE" : "BIG");
	fprintf(g->out, "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
}

/* The object itself: the struct is never defined, it is a skep_object by another name. */
static void emit_object(struct gen *g)
{
	const char *n = g->name;

	fprintf(g->out,
		"/* The object; a struct skep_object by a name of its own */\nstruct %s;\n\n", n);
	fprintf(g->out,
		"static inline struct skep_object *%s_object(struct %s *app)\n"
		"{\n\treturn (struct skep_object *)app;\n}\n\n"
		"static inline const struct skep_object *%s_const_object(const struct %s *app)\n"
		"{\n\treturn (const struct skep_object *)app;\n}\n\n",
		n, n, n, n);
}

static void emit_life(struct gen *g)
{
	static const struct {
		const char *verb;
		bool fails;
	} verbs[] = { { "load", true }, { "attach", true }, { "detach", false } };
	const char *n = g->name;

	for (size_t i = 0; i < 3; i++)
		fprintf(g->out,
			"%sstatic inline %s %s_%s(struct %s *app)\n"
			"{\n\t%sskep_object_%s(%s_object(app));\n}\n\n",
			verbs[i].fails ? "SKEP_MUST_USE " : "", verbs[i].fails ? "int" : "void", n,
			verbs[i].verb, n, verbs[i].fails ? "return " : "", verbs[i].verb, n);
	fprintf(g->out,
		"static inline void %s_free(struct %s *app)\n"
		"{\n\tskep_object_free(%s_object(app));\n}\n\n"
		"SKEP_DEFINE_FREEP(%s);\n\n",
		n, n, n, n);
}

/* Messages: for programs that write some. */
static void emit_log(struct gen *g)
{
	const char *n = g->name;

	if (!skep_object_has_log(g->object))
		return;
	fprintf(g->out,
		"/* Messages of the programs, delivered by the loop; opts may be NULL */\n"
		"SKEP_MUST_USE static inline int %s_log(struct %s *app, struct skep_loop *loop,\n"
		"\tconst struct skep_bpf_log_opts *opts)\n"
		"{\n\treturn skep_gen_log(%s_object(app), loop, opts);\n}\n\n",
		n, n, n);
	fprintf(g->out,
		"/* The most detailed level that they write; at any time */\n"
		"SKEP_MUST_USE static inline int %s_set_log_level(struct %s *app,\n"
		"\tenum skep_log_level level)\n"
		"{\n\treturn skep_object_set_log_level(%s_object(app), level);\n}\n\n",
		n, n, n);
	gen_emit_resize(g, "skep_log", "bytes");
}

static void emit_open(struct gen *g)
{
	const char *n = g->name;

	fprintf(g->out,
		"SKEP_MUST_USE static inline int %s_open(struct %s **out,\n"
		"\tconst struct skep_object_opts *opts)\n"
		"{\n"
		"\tconst struct skep_gen_object embedded = {\n"
		"\t\tsizeof(embedded), \"%s\", %s_elf_, SKEP_%s_BYTES_\n"
		"\t};\n"
		"\tstruct skep_object *object;\n"
		"\tint err = skep_gen_open(&object, &embedded, opts);\n\n"
		"\tif (!err)\n"
		"\t\t*out = (struct %s *)object;\n"
		"\treturn err;\n"
		"}\n\n",
		n, n, n, n, n, n);
}

/* Everything that depends on types; the same for every architecture, or it is refused. */
static int make_body(struct gen *g, char **text)
{
	size_t bytes;

	g->btf = bpf_object__btf(skep_object_libbpf(g->object));
	free(g->emitted);
	free(g->alignment);
	g->emitted = calloc(g->btf ? btf__type_cnt(g->btf) : 1, sizeof(*g->emitted));
	g->alignment = calloc(g->btf ? btf__type_cnt(g->btf) : 1, sizeof(*g->alignment));
	g->out = open_memstream(text, &bytes);
	if (!g->emitted || !g->alignment || !g->out)
		return skep_error_set(ENOMEM, NULL, "no memory");
	if (gen_check_names(g)) {
		fclose(g->out);
		return -skep_error_last()->code;
	}
	emit_object(g);
	emit_life(g);
	if (g->btf)
		gen_emit_sections(g);
	gen_emit_maps(g);
	emit_log(g);
	gen_emit_programs(g);
	return fclose(g->out) ? skep_error_set(ENOMEM, NULL, "no memory") : 0;
}

static int read_object(const char *path, void **data, size_t *bytes)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t n;

	FILE *to = open_memstream(&text, bytes);
	char buf[16384];

	while (f && to && (n = fread(buf, 1, sizeof(buf), f)))
		fwrite(buf, 1, n, to);
	if (to)
		fclose(to);
	if (f)
		fclose(f);
	*data = text;
	return f && text ? 0
			 : skep_error_set(errno, NULL, "cannot read %s: %s", path, strerror(errno));
}

/* One architecture: its bytes go to `out`, its declarations must be those of the first. */
static int add_source(struct gen *g, const struct gen_request *r, size_t i, FILE *out, char **body)
{
	const struct gen_source *source = &r->sources[i];
	struct skep_object_opts opts = { .sz = sizeof(opts), .name = g->name };
	char *text = NULL;
	void *data = NULL;
	size_t bytes;
	int err;

	skep_object_free(g->object);
	g->object = NULL;
	err = skep_object_open(&g->object, source->path, &opts);
	if (!err)
		err = read_object(source->path, &data, &bytes);
	if (!err) {
		gen_emit_bytes(out, g->name, source->arch, data, bytes, !i);
		err = make_body(g, &text);
	}
	free(data);
	if (!err && *body && strcmp(*body, text))
		err = skep_error_set(EPROTOTYPE,
				     "compile both from the same source, with the same headers",
				     "%s and %s differ in their maps, types or programs",
				     r->sources[0].path, source->path);
	if (!err && !*body)
		*body = text;
	else
		free(text);
	return err;
}

static int write_header(struct gen *g, const struct gen_request *r, FILE *out)
{
	char *body = NULL;
	int err = 0;

	g->out = out;
	emit_top(g, r);
	for (size_t i = 0; i < r->source_count && !err; i++)
		err = add_source(g, r, i, out, &body);
	if (!err) {
		fprintf(out, "#else\n#error \"skep: this header has no object for this "
			     "architecture\"\n#endif\n\n");
		fputs(body, out);
		g->out = out;
		emit_open(g);
		fprintf(out, "#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
	}
	free(body);
	return err;
}

int gen_header(const struct gen_request *request, FILE *out)
{
	struct gen g = { 0 };
	int err = set_name(&g, request);

	g.tags.folders = request->includes;
	g.tags.folder_count = request->include_count;
	if (!err)
		err = gen_tags_add_known(&g.tags);
	for (size_t i = 0; i < request->header_count && !err; i++)
		err = gen_tags_read(&g.tags, request->headers[i]);
	if (!err)
		err = write_header(&g, request, out);
	if (!err && request->notes && g.btf)
		gen_note_padding(&g, request->notes);
	skep_object_free(g.object);
	gen_tags_free(&g.tags);
	free(g.emitted);
	free(g.alignment);
	return err;
}
