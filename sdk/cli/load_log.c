/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Logs of `skep load`: where they go, and which level explains best. */
#include "load.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <skep/error.h>

#include "cli.h"

#define LARGE_BYTES ((size_t)256 << 20) /* for kernels that keep the beginning only */
#define SLACK       ((size_t)64 << 10)  /* room behind a log for a second one of numbers only */

int load_log_make(struct load_log *log, size_t room)
{
	void *memory = mmap(NULL, room + SLACK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	*log = (struct load_log){ memory, room };
	return 0;
}

void load_log_empty(struct load_log *log)
{
	/* The pages go, and come back as zeros. */
	madvise(log->text, log->room + SLACK, MADV_DONTNEED);
}

void load_log_free(struct load_log *log)
{
	if (log->text)
		munmap(log->text, log->room + SLACK);
	*log = (struct load_log){ 0 };
}

bool load_log_is_cut(const struct load_log *log)
{
	size_t bytes = strnlen(log->text, log->room), tail = bytes < 512 ? bytes : 512;

	return bytes + 2 >= log->room && !memmem(log->text + bytes - tail, tail, "processed ", 10);
}

static const struct skep_diagnostic *first_of(const struct skep_explanation *explanation)
{
	return explanation ? skep_explanation_diagnostic(explanation, 0) : NULL;
}

/* How much an explanation tells: the surer first, then the one that knows why, and where. */
static int worth(const struct skep_explanation *explanation)
{
	const struct skep_diagnostic *d = first_of(explanation);

	if (!d)
		return 0;
	return 1 + 8 * (int)d->confidence + 2 * (d->cause_count > 0) +
	       (d->primary.line || d->primary.text);
}

static bool is_known(const struct skep_explanation *explanation)
{
	const struct skep_diagnostic *d = first_of(explanation);

	return d && d->confidence > SKEP_CONFIDENCE_FALLBACK;
}

static bool tells_all(const struct skep_explanation *explanation)
{
	const struct skep_diagnostic *d = first_of(explanation);

	return d && d->confidence == SKEP_CONFIDENCE_EXACT && d->cause_count;
}

static struct show show_of(const struct load *load, const struct load_object *object)
{
	struct show show = load->show;

	show.object = object->path;
	return show;
}

static int explain(const struct load *load, const struct load_object *object,
		   const struct load_program *program, const char *text,
		   struct skep_explanation **explanation)
{
	struct show show = show_of(load, object);

	return show_explain(&show, text, strlen(text), program->name, explanation);
}

/* The one that goes into the report, beside those of other programs. */
static int keep(struct load *load, const struct load_object *object, struct load_program *program,
		const char *text, struct skep_explanation **explanation)
{
	struct show show = show_of(load, object);

	program->explanation = SKEP_TAKE(*explanation);
	if (show_explain_more(&show, text, strlen(text), program->name, load->all))
		return skep_perror(load->what);
	return EXIT_OK;
}

/* A log that was cut off lacks the very line that says why. */
static int whole_log(struct load *load, const struct load_object *object,
		     const struct load_program *program)
{
	struct load_log large = { 0 };

	if (!load_log_is_cut(&load->first))
		return 0;
	if (load_log_make(&large, LARGE_BYTES))
		return 0; /* what there is must do */
	load_alone(object, program, 1, &large);
	load_log_free(&load->first);
	load->first = large;
	return 0;
}

static bool is_costly(const struct skep_explanation *explanation)
{
	return explanation && skep_explanation_cost_count(explanation);
}

/* Of two logs of the same refusal, whether the second says more, or what was asked for. */
static bool is_better(const struct load *load, const struct skep_explanation *second,
		      const struct skep_explanation *first)
{
	const struct skep_diagnostic *a = first_of(first), *b = first_of(second);

	if (!b)
		return false;
	if (!a || worth(second) > worth(first))
		return true;
	return load->stats && is_costly(second) && worth(second) >= worth(first);
}

static int explain_refusal(struct load *load, const struct load_object *object,
			   struct load_program *program)
{
	SKEP_AUTO(skep_explanation) *first = NULL;
	SKEP_AUTO(skep_explanation) *second = NULL;
	bool stats;

	whole_log(load, object, program);
	if (explain(load, object, program, load->first.text, &first))
		return skep_perror(load->what);
	/* What went on for too long takes half a minute with a large log, which says no more. */
	stats = load->stats && is_costly(first);
	if ((tells_all(first) || is_costly(first)) && !stats)
		return keep(load, object, program, load->first.text, &first);
	load_alone(object, program, 2, &load->second);
	if (!load->second.text[0] || load_log_is_cut(&load->second))
		return keep(load, object, program, load->first.text, &first);
	if (explain(load, object, program, load->second.text, &second))
		return skep_perror(load->what);
	if (is_better(load, second, first))
		return keep(load, object, program, load->second.text, &second);
	return keep(load, object, program, load->first.text, &first);
}

/*
 * What libbpf said when it gave up. What it complained of before, and then went on without, is not
 * it; and privilege is what the library knows best.
 */
static const char *decisive(const char *words)
{
	static const char went_on[] = "BTF is optional, ignoring.";
	const char *at = words;

	if (!words || skep_error_last()->code == EPERM)
		return NULL;
	while ((at = strstr(at, went_on)))
		words = at += sizeof(went_on) - 1;
	return words;
}

/* They are about no instruction; but the object tells where what they name is. */
static int explain_words(const struct load *load, const struct load_object *object,
			 const char *words, const char *program,
			 struct skep_explanation **explanation)
{
	struct show show = show_of(load, object);

	return show_explain(&show, words, strlen(words), program, explanation);
}

int load_explain(struct load *load, const struct load_object *object, struct load_program *program,
		 const char *words)
{
	SKEP_AUTO(skep_explanation) *explanation = NULL;

	if (load->first.text[0]) {
		program->by_verifier = true;
		return explain_refusal(load, object, program);
	}
	words = decisive(words);
	if (!words || explain_words(load, object, words, program->name, &explanation))
		return words ? skep_perror(load->what) : EXIT_OK;
	if (!is_known(explanation))
		return EXIT_OK; /* the library's own message says more */
	return keep(load, object, program, words, &explanation);
}

int load_explain_object(struct load *load, struct load_object *object, const char *words)
{
	SKEP_AUTO(skep_explanation) *explanation = NULL;
	struct show show;

	words = decisive(words);
	if (!words || explain_words(load, object, words, NULL, &explanation))
		return words ? skep_perror(load->what) : EXIT_OK;
	if (!is_known(explanation))
		return EXIT_OK;
	object->explanation = SKEP_TAKE(explanation);
	show = show_of(load, object);
	if (show_explain_more(&show, words, strlen(words), NULL, load->all))
		return skep_perror(load->what);
	return EXIT_OK;
}

/* From where on a log has numbers only; its end where it has none. */
static char *numbers_of(const struct load_log *log)
{
	static const char mark[] = "verification time ";
	char *end = log->text + strnlen(log->text, log->room), *at = log->text, *found = NULL;

	if (end - at > 65536)
		at = end - 65536;
	while ((at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1)))
		found = at++;
	return found ? found : end;
}

int load_measure(struct load *load, const struct load_object *object, struct load_program *program)
{
	SKEP_AUTO(skep_explanation) *explanation = NULL;
	char *end;

	/*
	 * Writing the log takes more time than verification itself. So the numbers are those of a load
	 * that asks for them alone; and where an older kernel cut the log off, it has none.
	 */
	load_alone(object, program, 4, &load->first);
	if (!load->stats) {
		if (explain(load, object, program, load->first.text, &explanation))
			return skep_perror(load->what);
		return keep(load, object, program, load->first.text, &explanation);
	}
	load_alone(object, program, 2 | 4, &load->second);
	end = numbers_of(&load->second);
	snprintf(end, SLACK, "\n%s", numbers_of(&load->first));
	if (explain(load, object, program, load->second.text, &explanation))
		return skep_perror(load->what);
	return keep(load, object, program, load->second.text, &explanation);
}
