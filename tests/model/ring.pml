/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * How a reader of a ring goes to sleep and is woken: sdk/src/stream/ring_pace.c against the kernel's
 * reserve and commit, on processors that delay stores (x86-TSO: a queue of stores each, which others
 * see later, in order).
 *
 * No time passes here: a reader that sleeps sleeps until it is woken. So a wake-up that is lost is an
 * end state in which the reader sleeps and a record lies ready, and spin finds it.
 *
 *   spin -a ring.pml && gcc -o pan pan.c && ./pan
 *
 * -DNO_FENCE   the reader does not wait until its position is visible: must fail
 * -DNO_LOOK    it does not look again before it sleeps: must fail
 * -DNO_PUBLISH it sleeps with the last record unpublished: must fail
 */
#define RECORDS 4
#define WRITERS 2

/* What is shared, as memory has it. */
byte producer;          /* where the next record is reserved */
byte consumer;          /* up to where the reader gave room back */
bool ready[RECORDS];    /* committed; before that: busy */
bool locked;            /* the ring's lock, held while reserving */
bool woken;             /* the edge-triggered event of the reader */

mtype = { PRODUCER, LOCKED };

/* Stores that a processor has made and others do not see yet. */
chan writer_stores[WRITERS] = [2] of { mtype, byte };
chan reader_stores = [2] of { byte };

/* Memory takes a writer's stores, in their order, whenever it likes. */
active [WRITERS] proctype writer_memory()
{
	byte value;

end:
	do
	:: atomic { writer_stores[_pid]?PRODUCER(value) -> producer = value }
	:: atomic { writer_stores[_pid]?LOCKED(value) -> locked = value }
	od
}

active proctype reader_memory()
{
	byte value;

end:
	do
	:: atomic { reader_stores?value -> consumer = value }
	od
}

/* bpf_ringbuf_reserve() and bpf_ringbuf_commit(), until there are no more records to write. */
active [WRITERS] proctype writer()
{
	byte me = _pid - WRITERS - 1, at;

	do
	:: atomic { !locked && producer < RECORDS -> locked = true }; /* a locked instruction */
	   at = producer;
	   writer_stores[me]!PRODUCER(at + 1);
	   writer_stores[me]!LOCKED(false);
	   /* ... the record is written ... */
	   atomic { empty(writer_stores[me]) -> ready[at] = true }; /* xchg: a full fence */
	   if
	   :: consumer == at -> woken = true
	   :: else
	   fi
	:: atomic { !locked && producer == RECORDS -> break }
	od
}

active proctype reader()
{
	byte at = 0, published = 0, seen;
	bool found;

	do
	:: at == RECORDS -> break
	:: else ->
	   /* look: take what lies ready, publish all but the last */
	   seen = producer;
	   if
	   :: at < seen && ready[at] ->
	      at++;
	      if
	      :: at - 1 > published ->
		 published = at - 1;
		 reader_stores!published
	      :: else
	      fi
	   :: else ->
	      /* found empty: fall asleep */
#ifndef NO_PUBLISH
	      if
	      :: at > published ->
		 published = at;
		 reader_stores!published
	      :: else
	      fi;
#endif
#ifndef NO_FENCE
	      empty(reader_stores);
#endif
	      found = false;
#ifndef NO_LOOK
	      seen = producer;
	      if
	      :: at < seen && ready[at] -> found = true
	      :: else
	      fi;
#endif
	      if
	      :: found
	      :: else -> atomic { woken -> woken = false }
	      fi
	   fi
	od
}
