// SPDX-License-Identifier: Apache-2.0
// The records of the REST API v2, made from its OpenAPI document by types.mjs: do not edit. Times are epoch seconds.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        about: {
            bus_connected: boolean;
            /** Format: int64 */
            config_version: number;
            /** Format: int64 */
            history_events: number | null;
            replicas: {
                alive: boolean;
                /**
                 * Format: int64
                 * @description Epoch seconds
                 */
                heard_at: number | null;
                host: string | null;
                own: boolean;
                /** Format: int64 */
                pid: number;
                service: string | null;
                /**
                 * Format: int64
                 * @description Epoch seconds
                 */
                started_at: number | null;
                version: string | null;
            }[];
            store: {
                /** Format: int64 */
                builders: number;
                /** Format: int64 */
                buildrequests: number;
                /** Format: int64 */
                builds: number;
                /** Format: int64 */
                changes: number;
                /** Format: int64 */
                connections: number;
                /** Format: int64 */
                connections_most: number;
                /** Format: int64 */
                lag_s: number | null;
                /** Format: int64 */
                migration: number;
                server_version: string | null;
                /** Format: int64 */
                size_bytes: number;
                /** Format: int64 */
                workers: number;
            } | null;
            version: string | null;
        };
        /** @description A file that a build keeps. */
        artifact: {
            /** Format: int64 */
            artifactid: number;
            /** Format: int64 */
            buildid: number;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            created_at: number;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            expires_at: number | null;
            /** Format: int64 */
            mode: number;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            mtime: number | null;
            name: string;
            sha256: string;
            /** Format: int64 */
            size: number;
            /** Format: int64 */
            step: number;
        };
        /** @description Who did what, or was refused it. */
        audit: {
            action: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            at: number;
            /** Format: int64 */
            auditid: number;
            client: string | null;
            detail: Record<string, never>;
            outcome: string;
            provider: string | null;
            target: string;
            /** Format: int64 */
            tokenid: number | null;
            username: string;
        };
        /** @description A branch of a codebase, at the newest commit that a change told of. */
        branch: {
            /** Format: int64 */
            branchid: number;
            /** Format: int64 */
            codebaseid: number;
            /** Format: int64 */
            commitid: number | null;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            last_timestamp: number;
            name: string;
        };
        /** @description One run of a builder's steps, made for a request. */
        build: {
            /** Format: int64 */
            attempt: number;
            /** Format: int64 */
            builderid: number;
            /** Format: int64 */
            buildid: number;
            /** Format: int64 */
            buildrequestid: number;
            complete: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            complete_at: number | null;
            environment: string | null;
            /** Format: int64 */
            locks_duration_s: number;
            /** Format: int64 */
            masterid: number;
            /** Format: int64 */
            number: number;
            pinned: boolean;
            properties: components["schemas"]["property_values"];
            /** Format: int64 */
            results: number | null;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            started_at: number;
            state_string: string;
            /** Format: int64 */
            workerid: number;
        };
        /** @description Bytes that a build keeps under a name. */
        build_data: {
            /** Format: int64 */
            buildid: number;
            /** Format: int64 */
            length: number;
            name: string;
            source: string;
            value: null;
        };
        build_page: {
            around: {
                /** Format: int64 */
                next_buildid: number | null;
                /** Format: int64 */
                next_number: number | null;
                /** Format: int64 */
                previous_buildid: number | null;
                /** Format: int64 */
                previous_number: number | null;
                /** Format: int64 */
                tests_failed: number;
                /** Format: int64 */
                tests_passed: number;
            };
            artifacts: components["schemas"]["artifact"][];
            build: components["schemas"]["build"] | null;
            builder: components["schemas"]["builder"] | null;
            buildrequest: components["schemas"]["buildrequest"] | null;
            buildset: components["schemas"]["buildset"] | null;
            changes: components["schemas"]["change"][];
            children: components["schemas"]["build"][];
            /** @description The lists that have more than their 1000 rows */
            cut: string[];
            steps: (components["schemas"]["step"] & {
                logs: components["schemas"]["log"][];
            })[];
            test_result_sets: components["schemas"]["test_result_set"][];
            worker: components["schemas"]["worker"] | null;
        };
        /** @description What builds: a recipe of the configuration, or one of an earlier version. */
        builder: {
            /** Format: int64 */
            builderid: number;
            description: string | null;
            description_format: string | null;
            description_html: string | null;
            masterids: number[];
            name: string;
            /** Format: int64 */
            projectid: number | null;
            tags: string[];
        };
        /** @description A builder at a glance: its 20 newest builds, how many of the newest 100 are running, how many requests wait (at most 1000), and the median time of its newest good builds. */
        builder_summary: {
            active: boolean;
            /** Format: int64 */
            builderid: number;
            last_builds: {
                /** Format: int64 */
                buildid: number;
                /**
                 * Format: int64
                 * @description Epoch seconds
                 */
                complete_at: number | null;
                /** Format: int64 */
                number: number;
                /** Format: int64 */
                results: number | null;
                /**
                 * Format: int64
                 * @description Epoch seconds
                 */
                started_at: number;
                state_string: string;
            }[];
            name: string;
            /** Format: int64 */
            pending: number;
            /** Format: int64 */
            projectid: number | null;
            /** Format: int64 */
            running: number;
            tags: string[];
            /** Format: int64 */
            usual_duration_s: number | null;
        };
        /** @description The wish for a build of one builder; a build that is lost is followed by another of the same request. */
        buildrequest: {
            /** Format: int64 */
            builderid: number;
            /** Format: int64 */
            buildrequestid: number;
            /** Format: int64 */
            buildsetid: number;
            claimed: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            claimed_at: number | null;
            /** Format: int64 */
            claimed_by_masterid: number | null;
            /** Format: int64 */
            collapsed_into: number | null;
            complete: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            complete_at: number | null;
            /** Format: int64 */
            priority: number;
            properties: components["schemas"]["property_values"] | null;
            /** Format: int64 */
            results: number;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            submitted_at: number;
            waited_for: boolean;
        };
        /** @description Requests that were made together, of the same sources and for the same reason. */
        buildset: {
            /** Format: int64 */
            bsid: number;
            complete: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            complete_at: number | null;
            external_idstring: string | null;
            /** Format: int64 */
            parent_buildid: number | null;
            parent_relationship: string | null;
            reason: string;
            /** Format: int64 */
            rebuilt_buildid: number | null;
            /** Format: int64 */
            results: number;
            sourcestamps: components["schemas"]["sourcestamp"][];
            /**
             * Format: int64
             * @description Epoch seconds
             */
            submitted_at: number;
        };
        /** @description A commit, or what else was reported as a change. */
        change: {
            author: string;
            branch: string | null;
            category: string | null;
            /** Format: int64 */
            changeid: number;
            codebase: string;
            comments: string;
            committer: string | null;
            files: string[];
            parent_changeids: number[];
            project: string;
            properties: components["schemas"]["property_values"];
            repository: string;
            revision: string | null;
            revlink: string | null;
            sourcestamp: components["schemas"]["sourcestamp"];
            /**
             * Format: int64
             * @description Epoch seconds
             */
            when_timestamp: number;
        };
        change_why: {
            /** Format: int64 */
            changeid: number;
            /** Format: int64 */
            config_version: number;
            schedulers: {
                buildsets: number[];
                evaluated_now: boolean;
                scheduler: string | null;
                /** Format: int64 */
                schedulerid: number;
                text: string | null;
                /**
                 * Format: int64
                 * @description Epoch seconds
                 */
                until: number | null;
                verdict: string | null;
            }[];
            state: string | null;
            summary: string | null;
        };
        /** @description A poller, or a web hook's dialect, that changes come from. */
        changesource: {
            /** Format: int64 */
            changesourceid: number;
            master: components["schemas"]["master"] | null;
            name: string;
            type: string;
        };
        /** @description A source tree of a project, by the name that changes call it. */
        codebase: {
            /** Format: int64 */
            codebaseid: number;
            name: string;
            /** Format: int64 */
            projectid: number;
            slug: string;
        };
        collection_meta: {
            /** Format: int64 */
            total: number;
        };
        /** @description A commit of a codebase that a change told of. */
        commit: {
            author: string;
            /** Format: int64 */
            codebaseid: number;
            comments: string;
            /** Format: int64 */
            commitid: number;
            committer: string | null;
            /** Format: int64 */
            parent_commitid: number | null;
            revision: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            when_timestamp: number;
        };
        /** @description Where the histories of two commits meet. */
        commit_graph: {
            /** Format: int64 */
            common: number;
            to1: number[];
            to2: number[];
        };
        config_version: {
            /**
             * Format: int64
             * @description Epoch seconds
             */
            applied_at: number | null;
            applied_by: string | null;
            comment: string | null;
            /** Format: int64 */
            version: number;
            yaml: string | null;
        };
        /** @description What came of a web hook's delivery, or of a poll: its verdict, and its changes. */
        delivery: {
            /** Format: int64 */
            body_bytes: number;
            changeids: number[];
            /** Format: int64 */
            deliveryid: number;
            event: string | null;
            external_id: string | null;
            /** Format: int64 */
            found: number;
            kind: string;
            known_changeids: number[];
            /**
             * Format: int64
             * @description Epoch seconds
             */
            last_at: number;
            projects: string[];
            reason: string | null;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            received_at: number;
            recovered: boolean;
            /** Format: int64 */
            repeated: number;
            /** Format: int64 */
            replay_of: number | null;
            replayable: boolean;
            repository: string | null;
            sender: string | null;
            source: string;
            /** Format: int64 */
            status: number | null;
            verdict: string;
        };
        /** @description Who delivered what, without its secrets. */
        delivery_body: {
            body: string | null;
            body_encoding: string | null;
            client: string | null;
            /** Format: int64 */
            deliveryid: number;
            request: Record<string, never> | null;
        };
        error: {
            error: string;
        };
        /** @description The value of a filter, or several of them */
        filter_value: (string | number | boolean) | (string | number | boolean)[];
        /** @description A form by which people ask for builds. */
        forcescheduler: {
            all_fields: Record<string, never>[];
            builder_names: string[];
            button_name: string;
            enabled: boolean;
            label: string;
            name: string;
        };
        /** @description A log of a step; its text is at contents, raw and raw_inline. */
        log: {
            complete: boolean;
            /** Format: int64 */
            logid: number;
            name: string;
            /** Format: int64 */
            num_lines: number;
            slug: string;
            /** Format: int64 */
            stepid: number;
            type: string;
        };
        /** @description Lines of a log; in a log of type s each begins with the letter of its stream */
        logchunk: {
            content: string;
            /** Format: int64 */
            firstline: number;
            /** Format: int64 */
            logid: number;
        };
        logmatch: {
            /**
             * Format: int64
             * @description Its number, from 0
             */
            line: number;
            /** @description Where the matches begin and end, in UTF-16 code units of the line without escape sequences, one after another */
            spans: number[];
            /** @description o, e or h; null in a log without streams */
            stream: string | null;
            /** @description Its beginning, without escape sequences; of marks with them */
            text: string | null;
        };
        logtime: {
            /**
             * Format: int64
             * @description The first of lines that came together, from 0
             */
            firstline: number;
            /**
             * Format: int64
             * @description When, in epoch milliseconds; null: nobody kept it
             */
            ms: number | null;
        };
        /** @description The installation; there is one, however many replicas it has. */
        master: {
            active: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            last_active: number;
            /** Format: int64 */
            masterid: number;
            name: string;
        };
        /** @description A message about a build or a worker, and what became of it. */
        notification: {
            /** Format: int64 */
            attempts: number;
            /** Format: int64 */
            builderid: number;
            /** Format: int64 */
            buildid: number;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            created_at: number;
            error: string | null;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            next_try_at: number | null;
            /** Format: int64 */
            notificationid: number;
            notifier: string;
            /** Format: int64 */
            number: number;
            recipient: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            sent_at: number | null;
            state: string;
            subject: string;
            transport: string;
        };
        /** @description A message with its text. */
        notification_whole: {
            /** Format: int64 */
            attempts: number;
            body_html: string | null;
            body_text: string;
            /** Format: int64 */
            builderid: number;
            /** Format: int64 */
            buildid: number;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            created_at: number;
            error: string | null;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            next_try_at: number | null;
            /** Format: int64 */
            notificationid: number;
            notifier: string;
            /** Format: int64 */
            number: number;
            recipient: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            sent_at: number | null;
            state: string;
            subject: string;
            transport: string;
        };
        /** @description Something that builders and codebases belong to. */
        project: {
            active: boolean;
            description: string | null;
            description_format: string | null;
            description_html: string | null;
            name: string;
            /** Format: int64 */
            projectid: number;
            slug: string;
        };
        /** @description A property of a change, its value as JSON text. */
        property: {
            name: string;
            source: string | null;
            value: string;
        };
        /** @description Properties: a value and where it came from, by name */
        property_values: {
            [key: string]: [
                unknown,
                string
            ];
        };
        request_why: {
            /** Format: int64 */
            ahead: number | null;
            /** Format: int64 */
            buildrequestid: number;
            estimate: {
                /** Format: int64 */
                based_on: number;
                basis: string | null;
                /**
                 * Format: int64
                 * @description Epoch seconds
                 */
                complete_at: number | null;
                /**
                 * Format: int64
                 * @description Epoch seconds
                 */
                start_at: number | null;
            } | null;
            gates: {
                builds: string[];
                gate: string | null;
                locks: string[];
                open: boolean;
                text: string | null;
                workers: string[];
            }[];
            state: string | null;
            summary: string | null;
        };
        rpc_error: {
            error: {
                code: number;
                /** @description A text; of forms an object of complaints by field */
                message: string | Record<string, never>;
            };
            id?: unknown;
            /** @constant */
            jsonrpc: "2.0";
        };
        /** @description What decides which builds are made. */
        scheduler: {
            builder_names: string[];
            enabled: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            last_fired_at: number | null;
            master: components["schemas"]["master"] | null;
            name: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            next_fire_at: number | null;
            /** Format: int64 */
            schedulerid: number;
            type: string;
        };
        search_group: {
            results: {
                /**
                 * Format: int64
                 * @description Epoch seconds
                 */
                at: number | null;
                path: string | null;
                text: string | null;
                title: string | null;
            }[];
            type: string | null;
        };
        /** @description Which sources: repository, branch, revision, and a patch if there is one. */
        sourcestamp: {
            branch: string | null;
            codebase: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            created_at: number;
            patch: {
                author: string;
                body: string | null;
                comment: string;
                /** Format: int64 */
                level: number;
                /** Format: int64 */
                patchid: number;
                subdir: string | null;
            } | null;
            project: string;
            repository: string;
            revision: string | null;
            /** Format: int64 */
            ssid: number;
        };
        /** @description A step of a build. */
        step: {
            /** Format: int64 */
            buildid: number;
            complete: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            complete_at: number | null;
            group: string | null;
            hidden: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            locks_acquired_at: number | null;
            name: string;
            /** Format: int64 */
            number: number;
            /** Format: int64 */
            results: number | null;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            started_at: number | null;
            state_string: string;
            /** Format: int64 */
            stepid: number;
            urls: {
                name: string;
                url: string;
            }[];
            /** Format: int64 */
            warnings: number;
        };
        /** @description A test over the builder's last 100 builds: how often it failed, and how often what it says changed; flakiness is that in percent of the runs. */
        test: {
            /** Format: int64 */
            builderid: number;
            /** Format: int64 */
            duration_ns: number | null;
            /** Format: int64 */
            failing_since_number: number | null;
            /** Format: int64 */
            failures: number;
            /** Format: int64 */
            flakiness: number;
            /** Format: int64 */
            flips: number;
            /** Format: int64 */
            last_buildid: number;
            /** Format: int64 */
            last_number: number;
            last_outcome: string;
            name: string;
            /** Format: int64 */
            runs: number;
            /** Format: int64 */
            skips: number;
        };
        /** @description The result of one test. */
        test_result: {
            /** Format: int64 */
            builderid: number;
            /** Format: int64 */
            duration_ns: number | null;
            /** Format: int64 */
            line: number | null;
            test_code_path: string | null;
            test_name: string | null;
            /** Format: int64 */
            test_result_setid: number;
            /** Format: int64 */
            test_resultid: number;
            value: string;
        };
        /** @description A build's test results of one kind, from one step. */
        test_result_set: {
            /** Format: int64 */
            builderid: number;
            /** Format: int64 */
            buildid: number;
            category: string;
            complete: boolean;
            description: string | null;
            /** Format: int64 */
            stepid: number;
            /** Format: int64 */
            test_result_setid: number;
            /** Format: int64 */
            tests_failed: number | null;
            /** Format: int64 */
            tests_passed: number | null;
            value_unit: string;
        };
        /** @description What became of a test (`name=`) in one build after the other, the newest first. */
        test_run: {
            /** Format: int64 */
            builderid: number;
            /** Format: int64 */
            buildid: number;
            /** Format: int64 */
            duration_ns: number | null;
            /** Format: int64 */
            line: number | null;
            name: string | null;
            /** Format: int64 */
            number: number;
            outcome: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            started_at: number;
            /** Format: int64 */
            stepid: number;
            test_code_path: string | null;
            /** Format: int64 */
            test_result_setid: number;
            /** Format: int64 */
            test_resultid: number;
            value: string;
        };
        /** @description An API token; what it is itself is told once, when it is made. */
        token: {
            /**
             * Format: int64
             * @description Epoch seconds
             */
            created_at: number;
            created_by: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            expires_at: number | null;
            hint: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            last_used_at: number | null;
            last_used_from: string | null;
            name: string;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            revoked_at: number | null;
            scopes: string[];
            /** Format: int64 */
            tokenid: number;
            username: string;
        };
        /** @description What takes patches that nobody has committed. */
        tryscheduler: {
            builder_names: string[];
            codebases: string[];
            enabled: boolean;
            name: string;
        };
        /** @description A local user or service account. */
        user: {
            active: boolean;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            created_at: number;
            created_by: string;
            email: string | null;
            full_name: string | null;
            groups: string[];
            password: boolean;
            service: boolean;
            /** Format: int64 */
            userid: number;
            username: string;
        };
        /** @description A machine that runs builds. */
        worker: {
            configured_on: {
                /** Format: int64 */
                builderid: number;
                /** Format: int64 */
                masterid: number;
            }[];
            connected_to: {
                /** Format: int64 */
                masterid: number;
            }[];
            graceful: boolean;
            labels: Record<string, never>;
            /**
             * Format: int64
             * @description Epoch seconds
             */
            last_seen_at: number | null;
            /** Format: int64 */
            max_builds: number;
            name: string;
            pause_reason: string | null;
            paused: boolean;
            /** Format: int64 */
            workerid: number;
            workerinfo: Record<string, never>;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
