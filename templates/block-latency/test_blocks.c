/* SPDX-License-Identifier: 0BSD */
/*
 * Makes a disk of its own, a loop device over a file, and requests to it; and compares their numbers with
 * /sys/block/DISK/stat, and their times with its own clock.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <linux/fs.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

#include <cmocka.h>
#include <skep/skep.h>

#include "blocks.skep.h"

#define EXIT_SKIPPED 77
#define DISK_BYTES   (1 << 20)
#define BLOCK        4096
#define READS        20
#define WRITES       10
#define FLUSHES      3

static char name[16]; /* of the disk: "loop0" */
static int disk = -1;

static uint64_t now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* What the kernel says: numbers of requests that were completed, by operation. */
static void read_stat(uint64_t completed[4])
{
	static const int columns[4] = { 0, 4, 15, 11 };
	unsigned long long numbers[17] = { 0 };
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/block/%s/stat", name);
	file = fopen(path, "r");
	assert_non_null(file);
	for (int i = 0; i < 17; i++)
		assert_int_equal(fscanf(file, "%llu", &numbers[i]), 1);
	fclose(file);
	for (int i = 0; i < 4; i++)
		completed[i] = numbers[columns[i]];
}

/* One after the other, past the page cache: each call is a request. In `made`, how many. */
static void make_requests(uint64_t made[4])
{
	const uint64_t range[2] = { 0, DISK_BYTES / 2 };
	void *data = aligned_alloc(BLOCK, BLOCK);

	assert_non_null(data);
	memset(data, 's', BLOCK);
	for (int i = 0; i < WRITES; i++)
		assert_int_equal(pwrite(disk, data, BLOCK, i * 2 * BLOCK), BLOCK);
	for (int i = 0; i < FLUSHES; i++)
		assert_int_equal(fsync(disk), 0);
	for (int i = 0; i < READS; i++)
		assert_int_equal(pread(disk, data, BLOCK, i * 2 * BLOCK), BLOCK);
	free(data);
	made[READ_OP] = READS;
	made[WRITE_OP] = WRITES;
	made[FLUSH_OP] = FLUSHES;
	made[DISCARD_OP] = !ioctl(disk, BLKDISCARD, range); /* not every file system has it */
}

static struct skep_hist measured(struct blocks *app, uint32_t operation)
{
	struct requests which = { .operation = operation };
	struct skep_hist hist = { 0 };

	strcpy(which.disk, name);
	assert_in_range(-skep_hist_get(&hist, blocks_map_took_us(app).map, &which), 0, ENOENT);
	return hist;
}

/* The kernel counts the empty write that asks for a flush, too; and the last request after its answer. */
static void wait_for_stat(uint64_t counted[4], const uint64_t before[4], const uint64_t made[4])
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	bool there = false;

	for (int tries = 0; !there && tries < 5000; tries++) {
		there = true;
		read_stat(counted);
		for (int i = 0; i < 4; i++) {
			counted[i] -= before[i];
			there = there && counted[i] >= made[i];
		}
		nanosleep(&pause, NULL);
	}
	assert_true(there);
	if (counted[WRITE_OP] >= made[WRITE_OP] + counted[FLUSH_OP])
		counted[WRITE_OP] -= counted[FLUSH_OP];
}

static void requests_are_counted_as_the_kernel_counts_them(void **state)
{
	SKEP_AUTO(blocks) *app = NULL;
	uint64_t before[4], made[4], counted[4], began, took;

	(void)state;
	read_stat(before);
	if (blocks_open(&app, NULL) || blocks_load(app) || blocks_attach(app))
		fail_msg("%s", skep_error_last()->message);
	began = now_us();
	make_requests(made);
	took = now_us() - began;
	blocks_detach(app);
	wait_for_stat(counted, before, made);
	for (uint32_t i = 0; i < 4; i++) {
		struct skep_hist hist = measured(app, i);

		/* Somebody else may look at a new disk before we do: for who is alone, both are the same. */
		assert_in_range(hist.count, made[i], counted[i]);
		assert_in_range(hist.sum, 0, took);
	}
}

/* A loop device that ends with this process, over a file that nobody else sees. */
static int make_disk(void)
{
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), number, file, fd;
	char path[] = "/tmp/blocks-XXXXXX", device[32];
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };

	if (control < 0)
		return -1;
	file = mkstemp(path);
	unlink(path);
	number = ioctl(control, LOOP_CTL_GET_FREE);
	close(control);
	snprintf(name, sizeof(name), "loop%d", number);
	snprintf(device, sizeof(device), "/dev/%s", name);
	fd = open(device, O_RDWR | O_DIRECT | O_CLOEXEC);
	config.fd = (uint32_t)file;
	if (file < 0 || number < 0 || fd < 0 || ftruncate(file, DISK_BYTES) ||
	    ioctl(fd, LOOP_CONFIGURE, &config))
		return -1;
	close(file);
	return fd;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_are_counted_as_the_kernel_counts_them),
	};

	if (geteuid()) {
		fprintf(stderr, "skipped: needs root\n");
		return EXIT_SKIPPED;
	}
	disk = make_disk();
	if (disk < 0) {
		fprintf(stderr, "skipped: no loop device: %s\n", strerror(errno));
		return EXIT_SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
