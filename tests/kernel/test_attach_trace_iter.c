// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Iterators: what they go through, and how it is read. */
#include "harness/machine.h"
#include "harness/snapshot.h"
#include "harness/test.h"

#include <sys/stat.h>
#include <unistd.h>

#include "app.h"
#include "attach_trace.h"
#include "attach_trace_btf.skep.h"
#include "hooks.h"

/* Loaded once for all cases. */
static struct attach_trace_btf *typed;

static struct attach_trace_btf *get_typed(void)
{
	require_root();
	if (!typed) {
		assert_ok(attach_trace_btf_open(&typed, NULL));
		assert_ok(skep_program_enable(attach_trace_btf_program_point_later(typed), false));
		assert_ok(attach_trace_btf_load(typed));
	}
	return typed;
}

TEST(tasks_are_read_as_records)
{
	SKEP_AUTO(skep_iter) *tasks = NULL;
	const struct task_record *task;
	uint64_t seen = 0;
	int err = skep_iter_open(&tasks, attach_trace_btf_program_each_task(get_typed()), NULL);

	if (!err)
		skep_iter_foreach(tasks, task, &err) seen += task->pid == (__u32)getpid();
	hook_expect("iter/task", err, seen);
	assert_int_equal(seen, 1);
	assert_error(skep_iter_next(tasks, &task), ENODATA);
	assert_ok(skep_iter_restart(tasks));
	assert_ok(skep_iter_next(tasks, &task));
}

TEST(tasks_are_read_as_lines)
{
	SKEP_AUTO(skep_iter) *text = NULL;
	char wanted[64];
	const char *line;
	int seen = 0, err;

	assert_ok(skep_iter_open(&text, attach_trace_btf_program_each_task_as_text(get_typed()),
				 SKEP_OPTS(skep_iter_opts, .buffer_bytes = 512)));
	snprintf(wanted, sizeof(wanted), "%d of %d", getpid(), getpid());
	while (!(err = skep_iter_line(text, &line)))
		seen += !strcmp(line, wanted);
	assert_int_equal(err, -ENODATA);
	assert_int_equal(seen, 1);
}

TEST(one_process_is_gone_through)
{
	SKEP_AUTO(skep_iter) *tasks = NULL;
	const struct task_record *task;
	uint64_t seen = 0;
	int err = skep_iter_open(&tasks, attach_trace_btf_program_each_task(get_typed()),
				 SKEP_OPTS(skep_iter_opts, .pid = getpid()));

	if (!err)
		skep_iter_foreach(tasks, task, &err)
		{
			assert_int_equal(task->tgid, getpid());
			seen++;
		}
	hook_expect("iter/task of a process", err, seen);
}

TEST(elements_of_a_map_are_gone_through)
{
	SKEP_AUTO(skep_iter) *entries = NULL;
	const struct entry_record *entry;
	const struct skep_map *numbers;
	uint64_t seen = 0;
	int err;

	get_typed();
	numbers = skep_object_map(attach_trace_btf_object(typed), "numbers");
	for (__u32 key = 1; key <= 3; key++) {
		__u64 value = key * 10;

		assert_ok(skep_map_put_raw(numbers, &key, &value, SKEP_PUT_ANY));
	}
	assert_error(skep_iter_open(&entries, attach_trace_btf_program_each_number(typed), NULL),
		     EINVAL);
	app_assert_hints(".map");
	err = skep_iter_open(&entries, attach_trace_btf_program_each_number(typed),
			     SKEP_OPTS(skep_iter_opts, .map = numbers));
	if (!err)
		skep_iter_foreach(entries, entry, &err)
		{
			assert_int_equal(entry->value, entry->key * 10);
			seen++;
		}
	hook_expect("iter/bpf_map_elem", err, seen);
	assert_int_equal(seen, 3);
}

/* The ids of groups, in the order in which they come. */
static size_t groups(const char *path, enum skep_iter_order order, uint64_t *ids, size_t room,
		     int *err)
{
	SKEP_AUTO(skep_iter) *all = NULL;
	const struct group_record *group;
	size_t count = 0;

	*err = skep_iter_open(&all, attach_trace_btf_program_each_group(get_typed()),
			      SKEP_OPTS(skep_iter_opts, .cgroup = path, .order = order));
	if (*err)
		return 0;
	skep_iter_foreach(all, group, err) if (count < room) ids[count++] = group->id;
	return count;
}

TEST(cgroups_are_gone_through_in_order)
{
	const char *root = cgroup2_root();
	uint64_t ids[8] = { 0 };
	char parent[300], child[320];
	size_t count;
	int err;

	require_root();
	snprintf(parent, sizeof(parent), "%s/skep-iter-%d", root, getpid());
	snprintf(child, sizeof(child), "%s/below", parent);
	assert_int_equal(mkdir(parent, 0755), 0);
	assert_int_equal(mkdir(child, 0755), 0);
	count = groups(parent, SKEP_ITER_DESCENDANTS_PRE, ids, 8, &err);
	if (!err && count == 2) {
		uint64_t first = ids[0], second = ids[1];

		assert_int_equal(groups(parent, SKEP_ITER_DESCENDANTS_POST, ids, 8, &err), 2);
		assert_true(ids[0] == second && ids[1] == first);
		assert_int_equal(groups(parent, SKEP_ITER_SELF, ids, 8, &err), 1);
		assert_true(ids[0] == first);
		assert_true(groups(child, SKEP_ITER_ANCESTORS, ids, 8, &err) >= 3);
		assert_true(ids[0] == second && ids[1] == first);
	}
	rmdir(child);
	rmdir(parent);
	hook_expect("iter/cgroup", err, count);
	assert_int_equal(count, 2);
	groups("/proc", SKEP_ITER_SELF, ids, 8, &err);
	assert_error(err, EPROTOTYPE);
	app_assert_hints(root);
}

TEST(targets_that_are_not_there_are_told)
{
	const struct skep_program *each = attach_trace_btf_program_each_task(get_typed());
	struct skep_iter *iter = NULL;

	assert_error(skep_iter_open(&iter, each, SKEP_OPTS(skep_iter_opts, .pid = 0x3ffffff)),
		     ESRCH);
	app_assert_says("no process");
	assert_error(skep_iter_open(&iter, each, SKEP_OPTS(skep_iter_opts, .pid = 1, .tid = 1)),
		     EINVAL);
	assert_error(skep_iter_open(&iter, each, SKEP_OPTS(skep_iter_opts, .pid = -1)), EINVAL);
	assert_error(skep_iter_open(&iter, attach_trace_btf_program_each_group(typed),
				    SKEP_OPTS(skep_iter_opts, .cgroup = "/no/such/group")),
		     ENOENT);
	assert_error(skep_iter_open(&iter, each, SKEP_OPTS(skep_iter_opts, .buffer_bytes = 1)),
		     EINVAL);
	assert_error(skep_iter_open(&iter, attach_trace_btf_program_point(typed), NULL),
		     EPROTOTYPE);
	assert_null(iter);
}

/* To the kernel they are one union: a map would be taken for a thread of that number. */
TEST(what_an_iterator_does_not_go_through_is_refused)
{
	const struct skep_program *each = attach_trace_btf_program_each_task(get_typed());
	const struct skep_map *numbers = skep_object_map(attach_trace_btf_object(typed), "numbers");
	struct skep_iter *iter = NULL;

	assert_error(skep_iter_open(&iter, each, SKEP_OPTS(skep_iter_opts, .map = numbers)),
		     EINVAL);
	app_assert_hints("iter/bpf_map_elem");
	assert_error(skep_iter_open(&iter, attach_trace_btf_program_each_number(typed),
				    SKEP_OPTS(skep_iter_opts, .tid = getpid())),
		     EINVAL);
	app_assert_hints("iter/task");
	assert_error(skep_iter_open(&iter, NULL, NULL), EINVAL);
	assert_null(iter);
	assert_error(skep_iter_restart(NULL), EINVAL);
	assert_int_equal(skep_iter_fd(NULL), -1);
}

TEST(a_record_that_is_none_is_told)
{
	SKEP_AUTO(skep_iter) *entries = NULL;
	const struct skep_map *numbers;
	const void *record;

	get_typed();
	numbers = skep_object_map(attach_trace_btf_object(typed), "numbers");
	assert_ok(skep_iter_open(&entries, attach_trace_btf_program_each_number(typed),
				 SKEP_OPTS(skep_iter_opts, .map = numbers)));
	/* Three of 16 bytes are four of 11, and a rest. */
	for (int i = 0; i < 4; i++)
		assert_ok(skep_iter_next_raw(entries, &record, 11));
	assert_error(skep_iter_next_raw(entries, &record, 11), EBADMSG);
	assert_error(skep_iter_next_raw(entries, &record, 11), ENODATA);
	assert_error(skep_iter_next_raw(entries, &record, 0), EINVAL);
}

TEST(links_of_iterators_are_read_again_and_again_and_others_not)
{
	struct skep_link *link = NULL, *other = NULL;
	struct snapshot before;
	int fds;

	get_typed();
	fds = app_open_fds();
	snapshot_take(&before);
	assert_ok(skep_attach(&link, attach_trace_btf_program_each_task(typed)));
	for (int i = 0; i < 2; i++) {
		SKEP_AUTO(skep_iter) *iter = NULL;
		const struct task_record *task;

		assert_ok(skep_iter_open_link(&iter, link, NULL));
		assert_ok(skep_iter_next(iter, &task));
	}
	assert_ok(skep_attach_tracing(&other, attach_trace_btf_program_point(typed), NULL));
	{
		SKEP_AUTO(skep_iter) *none = NULL;

		assert_error(skep_iter_open_link(&none, other, NULL), EPROTOTYPE);
	}
	skep_link_free(link);
	skep_link_free(other);
	assert_int_equal(app_open_fds(), fds);
	snapshot_assert_unchanged(&before);
}
