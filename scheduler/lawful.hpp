#pragma once

/// Everything a program needs: tasks, groups, timeouts and locks, and the deterministic scheduler. The thread pool is in
/// scheduler/tbb.hpp.

#include "scheduler/call.hpp"
#include "scheduler/deterministic.hpp"
#include "scheduler/sync/barrier.hpp"
#include "scheduler/sync/condition.hpp"
#include "scheduler/sync/event.hpp"
#include "scheduler/sync/lock.hpp"
#include "scheduler/sync/queue.hpp"
#include "scheduler/sync/semaphore.hpp"
#include "scheduler/task/as_completed.hpp"
#include "scheduler/task/gather.hpp"
#include "scheduler/task/run.hpp"
#include "scheduler/task/shield.hpp"
#include "scheduler/task/sleep.hpp"
#include "scheduler/task/task.hpp"
#include "scheduler/task/task_group.hpp"
#include "scheduler/task/timeout.hpp"
#include "scheduler/task/to_thread.hpp"
#include "scheduler/task/wait.hpp"
#include "scheduler/task/wait_for.hpp"
#include "scheduler/task/with.hpp"
