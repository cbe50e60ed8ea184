/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_MAP_H
#define SKEP_MAP_H
/**
 * @file map.h
 * Typed maps: a handle that knows its key and value, and macros that check them. This header
 * includes a smaller one for each kind of map and of use; it is the one to include.
 *
 * `skep gen` declares a handle per map; by hand it is one line, and works for a map of an
 * object, a pinned one, and any file descriptor:
 *
 * @code{.c}
 * typedef SKEP_MAP(struct flow, struct count) flow_map;
 *
 * flow_map flows;
 * struct flow flow;
 * struct count count;
 * int err;
 *
 * if (skep_map_open(&flows, object, "flows"))
 *         return skep_perror("flows");
 * skep_map_foreach(flows, &flow, &count, &err)
 *         printf("%u -> %llu\n", flow.port, count.packets);
 * skep_map_free(flows.map);
 * @endcode
 *
 * A wrong type does not compile: `skep: this is not the map's value type`. Kind and sizes are
 * compared with the kernel's when the handle is opened. get, put and del cost one system call
 * each; foreach one for up to 4,096 entries (5.6, else two for each).
 *
 * The macros are for C. In C++ see skep.hpp.
 */
#include <skep/map/arena.h>
#include <skep/map/batch.h>
#include <skep/map/bloom.h>
#include <skep/map/create.h>
#include <skep/map/fds.h>
#include <skep/map/handle.h>
#include <skep/map/iterate.h>
#include <skep/map/layout.h>
#include <skep/map/migrate.h>
#include <skep/map/lpm.h>
#include <skep/map/memory.h>
#include <skep/map/nested.h>
#include <skep/map/ops.h>
#include <skep/map/percpu.h>
#include <skep/map/percpu_reduce.h>
#include <skep/map/pin.h>
#include <skep/map/programs.h>
#include <skep/map/queue.h>
#include <skep/map/snapshot.h>
#include <skep/map/sockets.h>
#include <skep/map/stacks.h>
#include <skep/map/storage.h>
#include <skep/map/struct_ops.h>
#include <skep/map/targets.h>
#include <skep/map/user_ring.h>

#endif
