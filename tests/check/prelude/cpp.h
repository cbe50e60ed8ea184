/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What a fragment of C++ may use without saying so. */
#ifndef PRELUDE_CPP_H
#define PRELUDE_CPP_H

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include "execsnoop.skep.h"
#include <skep/skep.hpp>

struct flow {
	uint16_t port;
};

struct count {
	unsigned long long packets;
};

typedef SKEP_MAP(struct flow, struct count) flow_map;

static skep_object *object;
static flow_map flows;
static execsnoop_events_ring events;
static skep::loop loop;

#endif
