// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* libskep.so brought in by dlopen() and let go again, as plug-ins do. Links no skep itself. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <skep/version.h>

struct skep_object;
struct skep_error;

typedef int open_fn(struct skep_object **out, const char *path, const void *opts);
typedef int load_fn(struct skep_object *object);
typedef void free_fn(struct skep_object *object);
typedef const struct skep_error *last_fn(void);

static void *symbol(void *library, const char *name)
{
	void *found = dlsym(library, name);

	if (!found)
		fail_msg("%s", dlerror());
	return found;
}

/* A refused load: an error with a log, which is freed when the thread ends. */
static void *use_and_close(void *unused)
{
	void *library = dlopen(test_file("libskep.so." SKEP_VERSION_STRING), RTLD_NOW | RTLD_LOCAL);
	struct skep_object *object = NULL;

	(void)unused;
	if (!library)
		return dlerror();
	if (((open_fn *)symbol(library, "skep_object_open"))(&object, test_file("refused.bpf.o"),
							     NULL))
		return "open";
	if (((load_fn *)symbol(library, "skep_object_load"))(object) != -EACCES)
		return "load";
	((free_fn *)symbol(library, "skep_object_free"))(object);
	if (!((last_fn *)symbol(library, "skep_error_last"))())
		return "error";
	dlclose(library);
	return NULL;
}

TEST(library_can_be_closed_before_its_threads_end)
{
	struct snapshot before;

	require_root();
	snapshot_take(&before);
	for (int i = 0; i < 5; i++) {
		pthread_t thread;
		void *failed = NULL;

		assert_int_equal(pthread_create(&thread, NULL, use_and_close, NULL), 0);
		assert_int_equal(pthread_join(thread, &failed), 0);
		if (failed)
			fail_msg("%s", (char *)failed);
	}
	assert_null(use_and_close(NULL));
	snapshot_assert_unchanged(&before);
}

TEST(process_exits_well_after_dlclose)
{
	pid_t child;
	int status;

	require_root();
	fflush(NULL);
	child = fork();
	if (!child) {
		void *failed = use_and_close(NULL);

		exit(failed ? 1 : 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}
