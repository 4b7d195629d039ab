/*
 * What the nodes of a fleet do with one client's counters and one door for one address, as
 * docs/fleet.md and lib/server/fleet have it, for spin. Two nodes and an engine that does
 * one transaction after the other; one sequence, which is sent to both (with KNOCKS=3 a
 * later one, too). Requests and answers get lost, requests are carried out after their node
 * has given them up, watches end, a node is cut off for good, one is killed after any step
 * and starts again, the administrator closes, the engine's lease ends, a backup of it is
 * restored. Time is nobody's: every timer may end at any moment.
 *
 * Checked are the assertions: nothing opens twice, a knock that is spent is not refused for
 * its own spend, a list closes nothing that is newer than itself, and when nothing more can
 * happen all doors are closed. Each WITHOUT_... leaves out a step, and one of them fails.
 */

#define NODES 2
#ifndef KNOCKS
#define KNOCKS 2
#endif

#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef FAULTS
#define FAULTS 2
#endif

mtype = { SPENT, LEASE, DELETED };

/* The engine: the counter that is spent and by which knock, and the lease. */
byte spent = 0, spender = 0;
byte lease = 0;
/* How often the lease has gone. */
byte gone = 0;

/* On the disk of each node: the journal's counter, the promise to close, what was opened
   last for a lease of the fleet, and which lease the engine is known to have. */
byte journal[NODES];
bool promised[NODES];
byte honoured[NODES];
byte shared[NODES];

/* In its memory: a life's number, the timer, and what it watches. */
bool up[NODES];
byte life[NODES];
bool timer[NODES];
bool watching[NODES];
bool cut[NODES];
chan events[NODES] = [2] of { mtype, byte, byte };
/* Knocks whose spend is under way, by their number. */
bool own[KNOCKS + 1];

/* The door itself, which outlives the daemon. */
bool door[NODES];

/* For the checks alone. */
byte opened[KNOCKS + 1];
bool opened_at_0[KNOCKS + 1], opened_at_1[KNOCKS + 1];
byte heard[NODES];
byte gone_when_put[KNOCKS + 1];
byte gone_when_shared[NODES];

byte crashes = CRASHES, faults = FAULTS;
hidden byte i;

inline forget(n) {
  watching[n] = false;
  do
  :: nempty(events[n]) -> events[n]?_,_,_
  :: empty(events[n]) -> break
  od
}

/* A node that is too slow for its watch loses it. */
inline tell(what, c, k) {
  for (i : 0 .. NODES - 1) {
    if
    :: watching[i] && nfull(events[i]) -> events[i]!what(c, k)
    :: watching[i] && full(events[i]) -> forget(i)
    :: else
    fi
  }
}

inline spend(c, k) {
  if
  :: spent < c -> spent = c; spender = k; tell(SPENT, c, k)
  :: else
  fi
}

inline is_opened(n, c) {
  if
  :: n == 0 -> assert(!opened_at_0[c]); opened_at_0[c] = true
  :: else -> assert(!opened_at_1[c]); opened_at_1[c] = true
  fi
}

inline open_door(n) {
  door[n] = true;
  timer[n] = true
}

/* Alive: the same process still. */
#define LIVES (up[n] && life[n] == born)

proctype Knock(byte n; byte c; byte k) {
  byte born;
  byte tries = 0;
  bool is_mine = false;

  atomic {
    up[n] -> born = life[n];
    if
    :: journal[n] >= c -> goto over
    :: else -> own[k] = true
    fi
  }
#ifdef WITHOUT_SPEND
  is_mine = true;
#else
again:
  tries++;
  if
  :: atomic {
       LIVES -> spend(c, k);
#ifdef WITHOUT_NONCE
       is_mine = (spent == c)
#else
       is_mine = (spender == k)
#endif
     }
  :: atomic { LIVES && faults > 0 -> faults--; goto lost }
  :: atomic { !LIVES -> goto over }
  fi;
  if
  :: LIVES
  :: atomic { LIVES && faults > 0 -> faults--; is_mine = false; goto lost }
  :: atomic { !LIVES -> goto over }
  fi;
  if
  :: is_mine
  :: atomic { else -> own[k] = false; goto over }
  fi;
  goto mine;
lost:
  if
  :: tries < 2 -> goto again
  :: true -> own[k] = false
  fi;
  /* It is refused; what was asked may be done much later, or never. */
  if
  :: atomic { spend(c, k) }
  :: true
  fi;
  goto over;
mine:
#endif
#ifndef WITHOUT_PROMISE
  atomic {
    if
    :: !LIVES -> goto over
    :: LIVES && journal[n] >= c ->
#ifndef RESTORED
       assert(journal[n] > c);
#endif
       own[k] = false;
       goto over
    :: else -> journal[n] = c; heard[n] = c; promised[n] = true
    fi
  }
#endif
  atomic {
    if
    :: !LIVES -> goto over
    :: else ->
       open_door(n);
       opened[c]++;
       assert(opened[c] == 1);
       is_opened(n, c);
       own[k] = false
    fi
  }
#ifdef WITHOUT_PROMISE
  atomic {
    if
    :: !LIVES -> goto over
    :: else -> journal[n] = c; heard[n] = c; promised[n] = true
    fi
  }
#endif
  /* Its own lease is never news to it. */
  atomic {
    if
    :: !LIVES || !timer[n] || honoured[n] >= c -> goto over
    :: else -> honoured[n] = c; shared[n] = 0
    fi
  }
  if
  :: atomic { LIVES && timer[n] -> lease = c; gone_when_put[c] = gone; tell(LEASE, c, k) }
  :: atomic { LIVES && faults > 0 -> faults--; goto over }
  :: atomic { !LIVES || !timer[n] -> goto over }
  fi;
  atomic {
    if
    :: LIVES && lease == c -> shared[n] = c; gone_when_shared[n] = gone_when_put[c]
    :: else
    fi
  }
over:
  skip
}

inline raise(n, c, k) {
  if
#ifndef WITHOUT_OWN
  :: own[k]
#endif
  :: else ->
     if
     :: heard[n] < c -> heard[n] = c
     :: else
     fi;
#ifndef WITHOUT_RAISE
     if
     :: journal[n] < c -> journal[n] = c
     :: else
     fi
#endif
  fi
}

inline honour(n, c) {
  if
#ifdef WITHOUT_HONOURED
  :: c > 0 ->
#else
  :: c > honoured[n] ->
#endif
     honoured[n] = c;
     promised[n] = true;
     open_door(n);
     is_opened(n, c);
     shared[n] = c;
     gone_when_shared[n] = gone_when_put[c]
  :: else
  fi
}

inline close_now(n) {
  door[n] = false;
  timer[n] = false;
  promised[n] = false
}

/* Lists, then watches; and begins anew when that has ended. */
proctype Attend(byte n) {
  byte born, before, c, k, there;
  mtype what;

end:
  do
  :: atomic {
       up[n] && !watching[n] && !cut[n] -> born = life[n]; before = shared[n]
     };
     if
     :: atomic { LIVES -> watching[n] = true; c = spent; k = spender; there = lease }
     :: atomic { !LIVES -> skip }
     fi;
     atomic {
       if
       :: LIVES ->
          if
          :: c > 0 -> raise(n, c, k)
          :: else
          fi;
          if
          :: journal[n] > c -> spend(journal[n], 0)
          :: else
          fi
       :: else
       fi
     };
     atomic {
       if
       :: LIVES ->
          honour(n, there);
          if
#ifdef WITHOUT_BEFORE
          :: there == 0 && shared[n] > 0 ->
#else
          :: there == 0 && shared[n] > 0 && shared[n] == before ->
#endif
             assert(gone != gone_when_shared[n]);
             shared[n] = 0;
             close_now(n)
          :: else
          fi
       :: else
       fi;
       born = 0; before = 0; c = 0; k = 0; there = 0
     }
  :: atomic {
       up[n] && events[n]?[what, c, k] -> events[n]?what,c,k;
       if
       :: what == SPENT -> raise(n, c, k)
       :: what == LEASE -> honour(n, c)
       :: what == DELETED -> shared[n] = 0; close_now(n)
       fi;
       what = 0; c = 0; k = 0
     }
  :: atomic { watching[n] && faults > 0 -> faults--; forget(n) }
  :: atomic { watching[n] && faults > 0 -> faults--; cut[n] = true; forget(n) }
  od
}

/* The door's own timer: the door first, then the promise. */
proctype Time(byte n) {
end:
  do
#ifndef WITHOUT_TIMER
  :: atomic { up[n] && timer[n] -> door[n] = false };
     if
     :: atomic { up[n] && !door[n] -> timer[n] = false; promised[n] = false }
     :: door[n]
     fi
#else
  :: false
#endif
  od
}

/* The first node is killed. */
proctype Life(byte n) {
end:
  do
  :: atomic {
       up[n] && crashes > 0 -> crashes--;
       up[n] = false;
       life[n]++;
       timer[n] = false;
       own[1] = false;
       forget(n)
     }
  :: atomic { !up[n] -> up[n] = true; timer[n] = promised[n] }
  od
}

/* By etcd's own time, or by the administrator at a node. */
proctype End() {
  do
  :: atomic { lease > 0 -> lease = 0; gone++; tell(DELETED, 0, 0) }
  :: atomic {
       lease > 0 && up[0] ->
       close_now(0); shared[0] = 0; lease = 0; gone++; tell(DELETED, 0, 0)
     }
  :: break
  od
}

#ifdef RESTORED
/* While all nodes run that know of it. */
proctype Restore() {
  atomic {
    if
    :: spent > 0 && up[0] && up[1] && heard[0] >= spent && heard[1] >= spent ->
       spent = 0; spender = 0; lease = 0; gone++;
       forget(0); forget(1)
    :: true
    fi
  }
}

#endif

init {
  atomic {
    up[0] = true; up[1] = true;
    run Knock(0, 1, 1);
    run Knock(1, 1, 2);
#if KNOCKS > 2
    run Knock(1, 2, 3);
#endif
    run Attend(0); run Attend(1);
    run Time(0); run Time(1);
    run Life(0);
    run End()
#ifdef RESTORED
    ; run Restore()
#endif
  };
  timeout -> assert(!door[0] && !door[1])
}
