/** What each nginx here has in common: no files outside of its own folder, no daemon; one event loop where it is not said. */
export const nginxPreamble = (dir, workers = 1) => `daemon off;
worker_processes ${workers};
pid ${dir}/nginx.pid;
${process.getuid() === 0 ? 'user root;' : ''}
worker_rlimit_nofile 8192;
events { worker_connections 4096; }`
