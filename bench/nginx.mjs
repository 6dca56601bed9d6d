/** What each nginx here has in common: one event loop, no files outside of its own folder, no daemon. */
export const nginxPreamble = (dir) => `daemon off;
worker_processes 1;
pid ${dir}/nginx.pid;
${process.getuid() === 0 ? 'user root;' : ''}
worker_rlimit_nofile 8192;
events { worker_connections 4096; }`
