"""One round of Dask: one worker process with threads, a warm-up, then the measured tasks.

Usage: dask_round.py JOBS WARMUP_JOBS THREADS. Writes what it found as one line of JSON.
"""

import json
import signal
import sys
import time

from dask.distributed import Client, LocalCluster

# In the worker process: the ids of the tasks that ran.
RUNS = []


def make_job(prefix, at):
    return {
        "task_id": f"{prefix}_{at:07d}",
        "algorithm": "cython",
        "parameters": {"num_particles": 1, "num_steps": 0, "seed": at},
        "priority": "medium",
        "description": f"Empty task {at} of a benchmark",
    }


def result_of(job):
    return {"status": "completed", "output": "Done", "seed": job["parameters"]["seed"]}


def handle(job):
    RUNS.append(job["task_id"])
    return result_of(job)


def runs():
    return RUNS


def main():
    # Asked to stop, it leaves by its "with" statements, which end the worker process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped"))
    jobs, warmup_jobs, threads = (int(argument) for argument in sys.argv[1:4])
    cluster = LocalCluster(
        n_workers=1,
        threads_per_worker=threads,
        processes=True,
        dashboard_address=None,
        local_directory=".",
    )
    with cluster, Client(cluster) as client:
        warmup = [make_job("warmup", at) for at in range(warmup_jobs)]
        client.gather(client.map(handle, warmup, pure=False))
        measured = [make_job("job", at) for at in range(jobs)]
        start = time.perf_counter()
        results = client.gather(client.map(handle, measured, pure=False))
        seconds = time.perf_counter() - start
        (ids,) = client.run(runs).values()
    ran = [task_id for task_id in ids if task_id.startswith("job_")]
    lost = sum(result != result_of(job) for job, result in zip(measured, results))
    lost += jobs - len(results)
    print(json.dumps({"seconds": seconds, "lost": lost, "doubled": len(ran) - len(set(ran))}))


if __name__ == "__main__":
    # By its module's name the worker imports the functions; from __main__ they would travel by
    # value, each with a list of runs of its own.
    import dask_round

    dask_round.main()
