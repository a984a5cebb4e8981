/**
 * The words of notifications, in each language.
 *
 * @module
 */

export const NOTICE_LANGUAGES = ["en", "es"] as const;
export type NoticeLanguage = typeof NOTICE_LANGUAGES[number];

const en = {
  several: "{first}, and more ({count} events)",
  more: "… and {count} more: {what}",
  task_failed: "Task {task_id} failed for good after {attempts} attempts on {worker}: {message}",
  batch_completed: "Batch {file} finished: all {tasks} tasks completed in {time}",
  batch_finished:
    "Batch {file} finished in {time}: {completed} of {tasks} tasks completed, {failed} failed, " +
    "{cancelled} cancelled",
  worker_lost: "Worker {worker} is lost; {tasks} tasks were taken back from it",
  idle_worker_lost: "Worker {worker} is lost; it had no tasks",
  worker_back: "Worker {worker} is back",
  queue_stuck: "The queue is stuck: {waiting} tasks wait and none has ended for {minutes} minutes",
  disk_low: "The disk is nearly full: {free_mb} MB are free",
  test: "This is a test of the notifications: they arrive",
  kinds: {
    task_failed: "failed tasks",
    batch_finished: "finished batches",
    worker_lost: "lost workers",
    worker_back: "workers that came back",
    queue_stuck: "stuck queues",
    disk_low: "full disks",
    test: "tests",
  },
};

const es: typeof en = {
  several: "{first}, y más ({count} eventos)",
  more: "… y {count} más: {what}",
  task_failed:
    "La tarea {task_id} falló definitivamente tras {attempts} intentos en {worker}: {message}",
  batch_completed: "Lote {file} terminado: las {tasks} tareas se completaron en {time}",
  batch_finished:
    "Lote {file} terminado en {time}: {completed} de {tasks} tareas completadas, {failed} " +
    "fallidas, {cancelled} canceladas",
  worker_lost: "Se perdió el worker {worker}; se le retiraron {tasks} tareas",
  idle_worker_lost: "Se perdió el worker {worker}; no tenía tareas",
  worker_back: "El worker {worker} ha vuelto",
  queue_stuck:
    "La cola está atascada: {waiting} tareas esperan y ninguna ha terminado en {minutes} minutos",
  disk_low: "El disco está casi lleno: quedan {free_mb} MB libres",
  test: "Esta es una prueba de las notificaciones: llegan",
  kinds: {
    task_failed: "tareas fallidas",
    batch_finished: "lotes terminados",
    worker_lost: "workers perdidos",
    worker_back: "workers que volvieron",
    queue_stuck: "colas atascadas",
    disk_low: "discos llenos",
    test: "pruebas",
  },
};

export const NOTICE_WORDS: Readonly<Record<NoticeLanguage, typeof en>> = { en, es };
