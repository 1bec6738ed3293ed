// SPDX-License-Identifier: Apache-2.0
// Buildbot's own AngularJS data module, as it is published, put at hand for the test as window.client.
import angular from 'angular';

window.angular = angular;
require('buildbot-data-js');

const injector = angular.bootstrap(document.createElement('div'), ['bbData']);
window.client = { data: injector.get('dataService'), socket: injector.get('socketService'), rest: injector.get('restService') };
