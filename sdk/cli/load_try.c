/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which programs of an object the kernel takes. libbpf loads them in order and gives up at the
 * first that is refused; then those before it are known to be good, and the rest is tried without
 * it. So an object of which nothing is refused is loaded once.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <skep/error.h>
#include <skep/map.h>

#include "cli.h"
#include "load.h"

static int no_memory(const struct load *load)
{
	return cli_fail(load->what, NULL, "no memory");
}

static bool is_ops(const struct skep_program *program)
{
	return bpf_program__type(skep_program_libbpf(program)) == BPF_PROG_TYPE_STRUCT_OPS;
}

static int list_programs(struct load *load, struct load_object *object,
			 const struct skep_object *opened)
{
	const char *only = load->show.program;
	struct skep_program *program = NULL;
	struct skep_map *map = NULL;
	size_t count = 0;

	while ((program = skep_object_next_program(opened, program)))
		count++;
	object->programs = calloc(count + 1, sizeof(*object->programs));
	if (!object->programs)
		return no_memory(load);
	while ((program = skep_object_next_program(opened, program))) {
		struct load_program *p = &object->programs[object->count++];

		p->name = strdup(skep_program_name(program));
		p->section = strdup(skep_program_section(program));
		if (!p->name || !p->section)
			return no_memory(load);
		p->ops = is_ops(program);
		p->verdict = only && strcmp(only, p->name) ? LOAD_LEFT_OUT : LOAD_UNTRIED;
	}
	while ((map = skep_object_next_map(opened, map)))
		object->needs_ops |= bpf_map__type(skep_map_libbpf(map)) == BPF_MAP_TYPE_STRUCT_OPS;
	snprintf(object->name, sizeof(object->name), "%s", skep_object_name(opened));
	return EXIT_OK;
}

bool load_takes(const struct load_choice *choice, const struct load_program *program)
{
	if (program == choice->company)
		return true;
	return choice->alone ? program == choice->alone : program->verdict == choice->verdict;
}

/*
 * libbpf 1.1 needs one struct_ops program beside a struct_ops map: one that was not refused keeps
 * it company.
 */
static void find_company(const struct load_object *object, struct load_choice *choice)
{
	const struct load_program *company = NULL;

	for (size_t i = 0; object->needs_ops && i < object->count; i++) {
		const struct load_program *p = &object->programs[i];

		if (!p->ops)
			continue;
		if (load_takes(choice, p))
			return;
		if (p->verdict == LOAD_ACCEPTED || p->verdict == LOAD_LEFT_OUT)
			company = p;
	}
	choice->company = company;
}

/* Opens the object with those programs taking part that have the verdict, or `alone`. */
static int open_with(const struct load_object *object, enum load_verdict verdict,
		     const struct load_program *alone, struct skep_object **out)
{
	struct load_choice choice = { .verdict = verdict, .alone = alone };
	SKEP_AUTO(skep_object) *opened = NULL;
	struct skep_program *program = NULL;
	void *image;
	size_t i = 0;
	int err;

	find_company(object, &choice);
	image = load_image_for(object, &choice);
	if (image)
		err = skep_object_open_mem(&opened, image, object->image.bytes,
					   SKEP_OPTS(skep_object_opts, .name = object->name));
	else
		err = skep_object_open(&opened, object->path, NULL);
	free(image);
	while (!err && (program = skep_object_next_program(opened, program))) {
		const struct load_program *p = &object->programs[i++];

		if (i > object->count || strcmp(p->name, skep_program_name(program)))
			return skep_error_set(ESTALE, NULL, "%s changed meanwhile", object->path);
		err = skep_program_enable(program, load_takes(&choice, p));
	}
	if (!err)
		*out = SKEP_TAKE(opened);
	return err;
}

static int set_log(const struct skep_object *opened, unsigned level, struct load_log *log)
{
	struct skep_program *program = NULL;
	int err = 0;

	load_log_empty(log);
	while (!err && (program = skep_object_next_program(opened, program))) {
		struct bpf_program *prog = skep_program_libbpf(program);

		err = bpf_program__set_log_buf(prog, log->text, log->room);
		if (!err)
			err = bpf_program__set_log_level(prog, level);
	}
	return err ? skep_error_set(-err, NULL, "libbpf takes no buffer for logs") : 0;
}

bool load_alone(const struct load_object *object, const struct load_program *program,
		unsigned level, struct load_log *log)
{
	SKEP_AUTO(skep_object) *opened = NULL;

	load_log_empty(log);
	return !open_with(object, LOAD_UNTRIED, program, &opened) && !set_log(opened, level, log) &&
	       !skep_object_load(opened);
}

static void read_info(struct load_program *program, int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t bytes = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &bytes))
		return;
	program->insns = info.verified_insns; /* 0 before Linux 5.16 */
	program->xlated_bytes = info.xlated_prog_len;
	program->jited_bytes = info.jited_prog_len;
}

/* All that took part are loaded. */
static void accept_all(struct load_object *object, const struct skep_object *opened)
{
	struct skep_program *program = NULL;

	for (size_t i = 0; (program = skep_object_next_program(opened, program)); i++) {
		struct load_program *p = &object->programs[i];

		if (p->verdict == LOAD_UNTRIED)
			p->verdict = LOAD_ACCEPTED;
		if (p->verdict == LOAD_ACCEPTED)
			read_info(p, skep_program_fd(program));
	}
}

static void accept_before(struct load_object *object, const struct load_program *refused)
{
	for (struct load_program *p = object->programs; p < refused; p++)
		if (p->verdict == LOAD_UNTRIED)
			p->verdict = LOAD_ACCEPTED;
}

static void keep_error(char **message, char **hint)
{
	const struct skep_error *error = skep_error_last();

	*message = strdup(error->message);
	*hint = error->hint ? strdup(error->hint) : NULL;
}

static struct load_program *find(struct load_object *object, const struct skep_program *program)
{
	for (size_t i = 0; program && i < object->count; i++)
		if (!strcmp(object->programs[i].name, skep_program_name(program)))
			return &object->programs[i];
	return NULL;
}

static bool is_any(const struct load_object *object, enum load_verdict verdict)
{
	for (size_t i = 0; i < object->count; i++)
		if (object->programs[i].verdict == verdict)
			return true;
	return false;
}

/* Programs that a table of tail calls names are not there when they were left out: no fault. */
static bool lacks_left_out(const struct skep_object *opened)
{
	const char *words = skep_object_words(opened);

	return words && strstr(words, "failed to initialize slot");
}

/* Privilege is the same for all of them: one line, not one for each. */
static bool is_about_all(const struct load *load)
{
	return skep_error_last()->code == EPERM && geteuid() && !load->first.text[0];
}

/* freplace: libbpf says what is missing, but not that nobody can give it here. */
static void help_replacement(struct load_program *program)
{
	if (!program->hint && !strncmp(program->section, "freplace", 8))
		program->hint =
			strdup("it replaces a function of another program that is loaded: only "
			       "its own loader can say which, by "
			       "bpf_program__set_attach_target()");
}

static int fail_whole(struct load *load, struct load_object *object, const char *words)
{
	object->failed = true;
	keep_error(&object->message, &object->hint);
	if (object->message && strstr(object->message, "has no program that is enabled")) {
		free(object->hint);
		object->hint =
			strdup("libbpf loads the others only beside one of its programs, and "
			       "those were refused: mend them first");
	}
	return load_explain_object(load, object, words);
}

/*
 * What libbpf did not find, or not as it is declared: `extern (func ksym) 'NAME': not found`. It
 * says so of the object, and means the programs that use it: those are refused. Whether any is.
 */
static bool find_missing(const char *words, char *name, size_t room)
{
	const char *at = words ? strstr(words, "libbpf: extern ") : NULL, *quote;

	for (const char *next = at; next; next = strstr(next + 1, "libbpf: extern "))
		at = next;
	quote = at ? strchr(at, '\'') : NULL;
	if (!quote || memchr(at, '\n', (size_t)(quote - at)))
		return false;
	snprintf(name, room, "%.*s", (int)strcspn(quote + 1, "'\n"), quote + 1);
	return name[0];
}

/* It is said of a program: that the object could not be loaded is no news. */
static void begin_at(char *message, const char *word)
{
	char *at = message ? strstr(message, word) : NULL;

	if (at)
		memmove(message, at, strlen(at) + 1);
}

static int refuse_users(struct load *load, struct load_object *object, const char *words, bool *any)
{
	char name[256];
	int code = EXIT_OK;

	*any = false;
	if (!find_missing(words, name, sizeof(name)))
		return EXIT_OK;
	for (size_t i = 0; !code && i < object->count; i++) {
		struct load_program *p = &object->programs[i];

		if (p->verdict != LOAD_UNTRIED || !load_image_uses(&object->image, p->name, name))
			continue;
		*any = true;
		p->verdict = LOAD_REFUSED;
		keep_error(&p->message, &p->hint);
		begin_at(p->message, "extern ");
		code = load_explain(load, object, p, words);
	}
	return code;
}

/* One round. *again: there may be more to try. */
static int try_rest(struct load *load, struct load_object *object, bool *again)
{
	SKEP_AUTO(skep_object) *opened = NULL;
	struct load_program *refused;
	int err = open_with(object, LOAD_UNTRIED, NULL, &opened), code;

	*again = false;
	if (!err)
		err = set_log(opened, 0, &load->first);
	if (!err)
		err = skep_object_load(opened);
	if (!err || (opened && lacks_left_out(opened))) {
		accept_all(object, opened);
		return EXIT_OK;
	}
	refused = opened ? find(object, skep_object_refused(opened)) : NULL;
	if (opened && !refused) {
		code = refuse_users(load, object, skep_object_words(opened), again);
		if (code || *again)
			return code;
	}
	if (refused)
		accept_before(object, refused);
	/* One that only kept company was refused: those before it are good. */
	if (refused && refused->verdict != LOAD_UNTRIED && !is_any(object, LOAD_UNTRIED))
		return EXIT_OK;
	if (!refused || refused->verdict != LOAD_UNTRIED || is_about_all(load))
		return fail_whole(load, object, opened ? skep_object_words(opened) : NULL);
	refused->verdict = LOAD_REFUSED;
	keep_error(&refused->message, &refused->hint);
	help_replacement(refused);
	*again = true;
	return load_explain(load, object, refused, skep_object_words(opened));
}

/* Those that stood before a refused one were thrown away with it. */
static void load_accepted(struct load *load, struct load_object *object)
{
	SKEP_AUTO(skep_object) *opened = NULL;

	if (is_any(object, LOAD_ACCEPTED) && !open_with(object, LOAD_ACCEPTED, NULL, &opened) &&
	    !set_log(opened, 0, &load->first) && !skep_object_load(opened))
		accept_all(object, opened);
}

static int list(struct load *load, struct load_object *object)
{
	SKEP_AUTO(skep_object) *opened = NULL;

	if (skep_object_open(&opened, object->path, NULL)) {
		object->failed = true;
		keep_error(&object->message, &object->hint);
		return EXIT_OK;
	}
	/* What cannot be read a second time is taken as it is. */
	if (load_image_read(&object->image, object->path))
		object->image = (struct load_image){ 0 };
	return list_programs(load, object, opened);
}

int load_try(struct load *load, struct load_object *object)
{
	bool again = true, refused;
	int code = list(load, object);

	while (!code && !object->failed && again && is_any(object, LOAD_UNTRIED))
		code = try_rest(load, object, &again);
	refused = is_any(object, LOAD_REFUSED);
	if (!code && !object->failed && refused)
		load_accepted(load, object);
	for (size_t i = 0; !code && load->measured && i < object->count; i++)
		if (object->programs[i].verdict == LOAD_ACCEPTED)
			code = load_measure(load, object, &object->programs[i]);
	return code;
}
